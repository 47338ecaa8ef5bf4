// buf.validate.StringRules and buf.validate.BytesRules.
import { type Checker, checker } from './checker.js';
import { compilePattern } from './compile-pattern.js';
import type { ReadRule } from './read-rule.js';
import type { RulesReader } from './rules-reader.js';

type Read = Pick<ReadRule, 'checker' | 'settings'>;

const only = (one: Checker): Read => ({ checker: one });

export function stringRules(rules: RulesReader): ReadRule[] {
  rules.when<string>('const', (value) => only(checker('scalars', 'equalTo', value)));
  for (const [name, make] of Object.entries(LENGTHS)) whenSize(rules, name, (size) => only(checker('texts', make, size)));
  addSizes(rules, { exact: 'len_bytes', least: 'min_bytes', most: 'max_bytes' }, (make, size) =>
    checker('texts', make === 'minBytes' ? 'minTextBytes' : 'maxTextBytes', size),
  );
  addPattern(rules, 'pattern');
  for (const [name, make] of Object.entries(PARTS)) rules.when<string>(name, (part) => only(checker('texts', make, part)));
  rules.when<string[]>('in', (values) => only(checker('scalars', 'oneOf', values)));
  rules.when<string[]>('not_in', (notIn) => ({ checker: checker('scalars', 'noneOf', notIn), settings: { notIn } }));
  for (const [name, make] of Object.entries(FORMATS)) {
    rules.when<boolean>(name, (value) => (value ? only(make()) : undefined));
  }
  addHeaderRules(rules);
  return rules.finish();
}

const LENGTHS = { len: 'length', min_len: 'minLength', max_len: 'maxLength' } as const;
const PARTS = { prefix: 'prefix', suffix: 'suffix', contains: 'contains', not_contains: 'notContains' } as const;

/** The oneof `well_known`. */
const FORMATS: Readonly<Record<string, () => Checker>> = {
  email: () => checker('formats', 'email'),
  hostname: () => checker('hosts', 'hostname'),
  ip: () => checker('ip', 'ip'),
  ipv4: () => checker('ip', 'ip', 4),
  ipv6: () => checker('ip', 'ip', 6),
  uri: () => checker('uri', 'uri'),
  uri_ref: () => checker('uri', 'uriReference'),
  address: () => checker('hosts', 'address'),
  uuid: () => checker('formats', 'uuid'),
  tuuid: () => checker('formats', 'trimmedUuid'),
  ulid: () => checker('formats', 'ulid'),
  ip_with_prefixlen: () => checker('ip', 'ipWithPrefix'),
  ipv4_with_prefixlen: () => checker('ip', 'ipWithPrefix', 4),
  ipv6_with_prefixlen: () => checker('ip', 'ipWithPrefix', 6),
  ip_prefix: () => checker('ip', 'ipPrefix'),
  ipv4_prefix: () => checker('ip', 'ipPrefix', 4),
  ipv6_prefix: () => checker('ip', 'ipPrefix', 6),
  host_and_port: () => checker('hosts', 'hostAndPort'),
  protobuf_fqn: () => checker('formats', 'protobufName'),
  protobuf_dot_fqn: () => checker('formats', 'protobufDotName'),
};

/** KnownRegex */
const HEADER_NAME = 1;
const HEADER_VALUE = 2;

function addHeaderRules(rules: RulesReader): void {
  const known = rules.get<number>('well_known_regex');
  const strict = rules.get<boolean>('strict') ?? true;
  const add = (one: Checker, id: string): void => rules.add(only(one), `string.well_known_regex.${id}`, 'well_known_regex', id);
  if (known === HEADER_NAME) add(checker('formats', 'headerName', strict), 'header_name');
  else if (known === HEADER_VALUE) add(checker('formats', 'headerValue', strict), 'header_value');
  else if (known !== undefined && known !== 0) rules.refuse(`.well_known_regex has the unknown value ${known}`);
}

export function bytesRules(rules: RulesReader): ReadRule[] {
  rules.when<Uint8Array>('const', (value) => only(checker('bytes', 'sameBytes', value)));
  addSizes(rules, { exact: 'len', least: 'min_len', most: 'max_len' }, (make, size) => checker('bytes', make, size));
  addPattern(rules, 'bytesPattern');
  rules.when<Uint8Array>('prefix', (part) => only(checker('bytes', 'bytesPrefix', part)));
  rules.when<Uint8Array>('suffix', (part) => only(checker('bytes', 'bytesSuffix', part)));
  rules.when<Uint8Array>('contains', (part) => only(checker('bytes', 'bytesContaining', part)));
  rules.when<Uint8Array[]>('in', (values) => only(checker('bytes', 'someBytes', values)));
  rules.when<Uint8Array[]>('not_in', (values) => only(checker('bytes', 'otherBytes', values)));
  for (const [name, [sizes, wanted]] of Object.entries(BINARY)) {
    rules.when<boolean>(name, (value) => (value ? only(checker('bytes', 'binary', name, sizes, wanted)) : undefined));
  }
  return rules.finish();
}

/** The sizes of binary formats. */
const BINARY: Readonly<Record<string, readonly [sizes: readonly number[], wanted: string]>> = {
  ip: [[4, 16], 'expected the 4 or 16 bytes of an IP address'],
  ipv4: [[4], 'expected the 4 bytes of an IPv4 address'],
  ipv6: [[16], 'expected the 16 bytes of an IPv6 address'],
  uuid: [[16], 'expected the 16 bytes of a UUID'],
};

function whenSize(rules: RulesReader, name: string, read: (size: number) => Read): void {
  const size = rules.size(name);
  if (size !== undefined) rules.add(read(size), `${rules.type}.${name}`, name, `${name} ${size}`);
}

/** Numbers of bytes, which our rules have too: an exact one is both a minimum and a maximum. */
function addSizes(
  rules: RulesReader,
  names: Readonly<Record<'exact' | 'least' | 'most', string>>,
  make: (name: 'minBytes' | 'maxBytes', size: number) => Checker,
): void {
  const least = (size: number): Read => ({ checker: make('minBytes', size), settings: { minBytes: size } });
  const most = (size: number): Read => ({ checker: make('maxBytes', size), settings: { maxBytes: size } });
  whenSize(rules, names.exact, least);
  whenSize(rules, names.exact, most);
  whenSize(rules, names.least, least);
  whenSize(rules, names.most, most);
}

function addPattern(rules: RulesReader, make: 'pattern' | 'bytesPattern'): void {
  rules.when<string>('pattern', (pattern) => {
    let program: string;
    try {
      program = compilePattern(pattern);
    } catch (error) {
      return rules.refuse(`.pattern is not a pattern of RE2: ${(error as Error).message}`);
    }
    return only(checker('pattern', make, program, pattern));
  });
}
