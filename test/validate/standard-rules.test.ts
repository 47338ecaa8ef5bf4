// Rules of buf.validate in files of applications: in generated code and, in the web flavour, in plans.
import { describe, expect, it } from 'vitest';
import {
  StandardBytes,
  StandardFloats,
  StandardFormats,
  StandardGroups,
  StandardItems,
  StandardNumbers,
  StandardTexts,
  StandardTypes,
} from '../fixtures/generated/im/fixture/v1/standard_rules.codec.js';

type Init = Readonly<Record<string, unknown>>;
type Row = readonly [name: string, value: unknown, ...issues: string[]];

/** `path rule: text` of each issue. */
const checked = (codec: { check(value: unknown): readonly { path: string; rule: string; message: string }[] }, value: Init) =>
  codec.check(value).map(({ path, rule, message }) => `${path} ${rule}: ${message}`);

/** Tests fields one by one, in a message that is valid. */
function rows(codec: Parameters<typeof checked>[0], valid: Init, table: readonly Row[]): void {
  it('a valid message has no issues', () => {
    expect(checked(codec, valid)).toEqual([]);
  });
  it.each(table)('%s: %o', (name, value, ...issues) => {
    expect(checked(codec, { ...valid, [name as string]: value })).toEqual(issues);
  });
}

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('numbers', () => {
  const valid = { gtLt: 1, constField: 7, required: 3, requiredOptional: 0 };
  rows(StandardNumbers, valid, [
    ['gteLte', -6, 'gteLte min: got -6, at least -5'],
    ['gteLte', -5],
    ['gteLte', 5],
    ['gteLte', 6, 'gteLte max: got 6, limit 5'],
    ['gtLt', 0, 'gtLt min: got 0, at least 1'],
    ['gtLt', 4294967294],
    ['gtLt', 4294967295, 'gtLt max: got 4294967295, limit 4294967294'],
    ['outside', 9],
    ['outside', 10, 'outside range: got 10, expected less than 10 or more than 20'],
    ['outside', 20, 'outside range: got 20, expected less than 10 or more than 20'],
    ['outside', 21],
    ['long', -9223372036854775808n, 'long min: got -9223372036854775808, at least -9223372036854775807'],
    ['long', -9223372036854775807n],
    ['long', 9223372036854775806n],
    ['long', 9223372036854775807n, 'long max: got 9223372036854775807, limit 9223372036854775806'],
    ['longOutside', 10n],
    ['longOutside', 11n, 'longOutside range: got 11, expected at most 10 or at least 18446744073709551615'],
    [
      'longOutside',
      18446744073709551614n,
      'longOutside range: got 18446744073709551614, expected at most 10 or at least 18446744073709551615',
    ],
    ['longOutside', 18446744073709551615n],
    ['constField', 8, 'constField const: got 8, expected 7'],
    ['inField', 9223372036854775807n],
    ['inField', 1n, 'inField in: got 1, expected one of -1, 0, 9223372036854775807'],
    ['notIn', 3n, 'notIn not_in: one of 2 forbidden values'],
    ['notIn', 18446744073709551615n, 'notIn not_in: one of 2 forbidden values'],
    ['notIn', 4n],
    ['ifZero', 0n],
    ['ifZero', 9n, 'ifZero min: got 9, at least 10 or 0'],
    ['ifZero', 10n],
    ['ifZero', 20n],
    ['ifZero', 21n, 'ifZero max: got 21, limit 20'],
    ['required', 0, 'required required: not set'],
    ['required', undefined, 'required required: not set'],
    ['required', 2, 'required min: got 2, at least 3'],
    // It is set: IGNORE_IF_ZERO_VALUE is about fields without presence.
    ['optionalField', 0, 'optionalField min: got 0, at least 1'],
    ['optionalField', 1],
    ['requiredOptional', undefined, 'requiredOptional required: not set'],
    ['boolConst', true, 'boolConst const: got true, expected false'],
    ['defined', 5],
    ['defined', 2, 'defined defined_only: got 2, which is not a value of the enum'],
    ['inTones', 1, 'inTones in: got 1, expected one of 0, 5'],
    ['both', -1, 'both min: got -1, at least 0'],
    ['both', 50, 'both not_in: the forbidden value'],
    ['both', 100],
    ['both', 101, 'both max: got 101, limit 100'],
    ['ignored', -1],
  ]);
});

describe('floating-point numbers', () => {
  rows(StandardFloats, {}, [
    ['gte', -1],
    ['gte', -1.5, 'gte min: got -1.5, at least -1'],
    ['gte', Number.NaN, 'gte min: got NaN, at least -1'],
    ['lt', 0.5, 'lt lt: got 0.5, expected less than 0.5'],
    ['lt', 0.49],
    ['lt', Number.NaN, 'lt lt: got NaN, expected less than 0.5'],
    ['gtLte', -0.5, 'gtLte range: got -0.5, expected more than -0.5 and at most 2'],
    ['gtLte', 2],
    ['gtLte', 2.5, 'gtLte range: got 2.5, expected more than -0.5 and at most 2'],
    ['gtLte', Number.NaN, 'gtLte range: got NaN, expected more than -0.5 and at most 2'],
    ['outside', 1, 'outside range: got 1, expected less than 1 or at least 2'],
    ['outside', 2],
    ['outside', Number.NaN, 'outside range: got NaN, expected less than 1 or at least 2'],
    ['finite', Number.POSITIVE_INFINITY, 'finite finite: got Infinity, expected a finite number'],
    ['finite', Number.NaN, 'finite finite: got NaN, expected a finite number'],
    ['inField', 1.5],
    ['inField', -0],
    ['inField', Number.NaN, 'inField in: got NaN, expected one of 0, 1.5'],
    ['notIn', 1.5, 'notIn not_in: the forbidden value'],
    ['notIn', Number.NaN],
  ]);
});

describe('strings', () => {
  const valid = {
    len: 'ab',
    minMaxLen: 'a',
    lenBytes: 'abcd',
    minMaxBytes: 'a',
    pattern: 'a',
    parts: 'amz',
    required: 'ab',
    secret: 'open',
  };
  rows(StandardTexts, valid, [
    ['len', 'a', 'len len: got 1 character, expected 2'],
    // A code point, not a UTF-16 code unit.
    ['len', '🙂🙂'],
    ['len', '🙂', 'len len: got 1 character, expected 2'],
    ['len', 'abc', 'len len: got 3 characters, expected 2'],
    ['minMaxLen', '', 'minMaxLen min_len: got 0 characters, at least 1'],
    ['minMaxLen', '🙂🙂🙂'],
    ['minMaxLen', '🙂🙂🙂a', 'minMaxLen max_len: got 4 characters, limit 3'],
    ['lenBytes', 'abc', 'lenBytes min_bytes: got 3 bytes, at least 4'],
    ['lenBytes', '🙂'],
    ['lenBytes', 'abcde', 'lenBytes max_bytes: got 5 bytes, limit 4'],
    ['minMaxBytes', '', 'minMaxBytes min_bytes: got 0 bytes, at least 1'],
    ['minMaxBytes', '中'],
    ['minMaxBytes', '🙂', 'minMaxBytes max_bytes: got 4 bytes, limit 3'],
    ['pattern', 'Fk'],
    // The sign of kelvin is another case of k.
    ['pattern', 'f\u212a'],
    ['pattern', '', 'pattern pattern: does not match (?i)^[a-f]+k?$'],
    ['pattern', 'g', 'pattern pattern: does not match (?i)^[a-f]+k?$'],
    ['pattern', 'a\n', 'pattern pattern: does not match (?i)^[a-f]+k?$'],
    ['parts', 'bmz', 'parts prefix: does not begin with "a"'],
    ['parts', 'amy', 'parts suffix: does not end with "z"'],
    ['parts', 'az', 'parts contains: does not contain "m"'],
    ['parts', 'amxz', 'parts not_contains: contains "x"'],
    ['inField', 'green'],
    ['inField', 'blue', 'inField in: expected one of "", "red", "green"'],
    ['notIn', 'red', 'notIn not_in: the forbidden value'],
    ['required', '', 'required required: not set'],
    ['required', 'a', 'required min_bytes: got 1 byte, at least 2'],
    ['required', 'abcd'],
    ['required', 'abcde', 'required max_bytes: got 5 bytes, limit 4'],
    ['ifZero', ''],
    ['ifZero', 'a', 'ifZero min_len: got 1 character, at least 2'],
    ['secret', 'shut', 'secret const: not allowed'],
  ]);
});

describe('formats', () => {
  const valid = {
    email: 'a@example.com',
    hostname: 'example.com',
    ip: '::1',
    ipv4: '127.0.0.1',
    ipv6: '::1',
    uri: 'a:',
    uriRef: '',
    address: 'a.b',
    uuid: '8b208305-00e8-4460-a440-5e0dcd83bb0a',
    tuuid: '8b20830500e84460a4405e0dcd83bb0a',
    ipWithPrefixlen: '::1/64',
    ipv4WithPrefixlen: '10.0.0.1/8',
    ipv6WithPrefixlen: '::1/64',
    ipPrefix: '10.0.0.0/8',
    ipv4Prefix: '10.0.0.0/8',
    ipv6Prefix: '::/0',
    hostAndPort: 'a:0',
    ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    protobufFqn: 'a.B',
    protobufDotFqn: '.a.B',
    headerName: ':path',
    looseName: 'a b',
    headerValue: 'a\tb',
    looseValue: 'a\u0001b',
  };
  rows(StandardFormats, valid, [
    ['email', '', 'email email: empty, expected an email address'],
    ['email', 'a@b..c', 'email email: expected an email address'],
    ['email', `a@${'b'.repeat(63)}`],
    ['email', `a@${'b'.repeat(64)}`, 'email email: expected an email address'],
    ['hostname', `${'b'.repeat(63)}.c`],
    ['hostname', `${'b'.repeat(64)}.c`, 'hostname hostname: expected a hostname'],
    ['hostname', `${'a.'.repeat(126)}b`],
    ['hostname', `${'a.'.repeat(126)}bc`, 'hostname hostname: expected a hostname'],
    ['hostname', 'a.1', 'hostname hostname: expected a hostname'],
    ['ip', '1.2.3.4'],
    ['ip', '1.2.3.256', 'ip ip: expected an IP address'],
    ['ip', 'fe80::1%eth0'],
    ['ip', 'fe80::1%', 'ip ip: expected an IP address'],
    ['ipv4', '::1', 'ipv4 ipv4: expected an IPv4 address'],
    ['ipv4', '01.2.3.4', 'ipv4 ipv4: expected an IPv4 address'],
    ['ipv6', '127.0.0.1', 'ipv6 ipv6: expected an IPv6 address'],
    ['ipv6', '1:2:3:4:5:6:7:8'],
    ['ipv6', '1:2:3:4:5:6:7:8:9', 'ipv6 ipv6: expected an IPv6 address'],
    ['ipv6', '1:2:3:4:5:6:7::'],
    ['ipv6', '1:2:3:4:5:6:7:8::', 'ipv6 ipv6: expected an IPv6 address'],
    ['ipv6', '::ffff:1.2.3.4'],
    ['ipv6', '1.2.3.4::', 'ipv6 ipv6: expected an IPv6 address'],
    ['ipv6', '1::2::3', 'ipv6 ipv6: expected an IPv6 address'],
    ['uri', 'https://a@example.com:80/b?c#d'],
    ['uri', '//example.com', 'uri uri: expected a URI'],
    ['uri', 'http://[::1]/'],
    ['uri', 'http://[::g]/', 'uri uri: expected a URI'],
    ['uri', 'http://%ff/', 'uri uri: expected a URI'],
    ['uri', 'http://[::1%25a%c3%a9]/'],
    ['uri', 'http://[::1%25a%c3]/', 'uri uri: expected a URI'],
    ['uriRef', '//example.com'],
    ['uriRef', 'a b', 'uriRef uri_ref: expected a URI reference'],
    ['address', '1.2.3.4'],
    ['address', '-a', 'address address: expected a hostname or IP address'],
    ['uuid', '8b20830500e84460a4405e0dcd83bb0a', 'uuid uuid: expected a UUID'],
    ['tuuid', '8b20830500e84460a4405e0dcd83bb0', 'tuuid tuuid: expected a UUID without hyphens'],
    ['ipWithPrefixlen', '10.0.0.1/32'],
    ['ipWithPrefixlen', '10.0.0.1/33', 'ipWithPrefixlen ip_with_prefixlen: expected an IP address with the length of its prefix'],
    [
      'ipv4WithPrefixlen',
      '::1/64',
      'ipv4WithPrefixlen ipv4_with_prefixlen: expected an IPv4 address with the length of its prefix',
    ],
    ['ipv6WithPrefixlen', '::1/128'],
    [
      'ipv6WithPrefixlen',
      '::1/129',
      'ipv6WithPrefixlen ipv6_with_prefixlen: expected an IPv6 address with the length of its prefix',
    ],
    ['ipPrefix', '10.128.0.0/9'],
    ['ipPrefix', '10.128.0.0/8', 'ipPrefix ip_prefix: expected an IP prefix'],
    ['ipv4Prefix', '0.0.0.1/31', 'ipv4Prefix ipv4_prefix: expected an IPv4 prefix'],
    ['ipv6Prefix', '1::/16'],
    ['ipv6Prefix', '1::/15', 'ipv6Prefix ipv6_prefix: expected an IPv6 prefix'],
    ['hostAndPort', '[::1]:65535'],
    ['hostAndPort', '[::1]:65536', 'hostAndPort host_and_port: expected a host and a port'],
    ['hostAndPort', '::1:80', 'hostAndPort host_and_port: expected a host and a port'],
    ['hostAndPort', 'a:', 'hostAndPort host_and_port: expected a host and a port'],
    ['ulid', '8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'ulid ulid: expected a ULID'],
    ['protobufFqn', '.a', 'protobufFqn protobuf_fqn: expected a full name of Protobuf'],
    ['protobufDotFqn', 'a', 'protobufDotFqn protobuf_dot_fqn: expected a full name of Protobuf with a leading dot'],
    ['headerName', 'a b', 'headerName well_known_regex: expected an HTTP header name'],
    ['headerName', '', 'headerName well_known_regex: empty, expected an HTTP header name'],
    ['looseName', 'a\n', 'looseName well_known_regex: expected an HTTP header name'],
    ['headerValue', 'a\u0001b', 'headerValue well_known_regex: expected an HTTP header value'],
    ['looseValue', 'a\0', 'looseValue well_known_regex: expected an HTTP header value'],
  ]);
});

describe('bytes', () => {
  const valid = {
    constField: bytes(0, 255),
    len: bytes(1, 2),
    minMaxLen: bytes(1),
    parts: bytes(1, 97, 97, 97, 98, 2, 3),
    ip: bytes(1, 2, 3, 4),
    uuid: new Uint8Array(16),
  };
  rows(StandardBytes, valid, [
    ['constField', bytes(0, 254), 'constField const: expected 0x00ff'],
    ['constField', bytes(0, 255, 0), 'constField const: expected 0x00ff'],
    ['len', bytes(1), 'len min_bytes: got 1 byte, at least 2'],
    ['len', bytes(1, 2, 3), 'len max_bytes: got 3 bytes, limit 2'],
    ['minMaxLen', bytes(), 'minMaxLen min_bytes: got 0 bytes, at least 1'],
    ['minMaxLen', bytes(1, 2, 3)],
    ['minMaxLen', bytes(1, 2, 3, 4), 'minMaxLen max_bytes: got 4 bytes, limit 3'],
    ['pattern', bytes(0xc3, 0xa9, 0xc3, 0xa9)],
    ['pattern', bytes(0x65), 'pattern pattern: does not match ^é*$, in UTF-8'],
    ['pattern', bytes(0xc3), 'pattern pattern: does not match ^é*$, in UTF-8'],
    ['parts', bytes(97, 97, 98, 2, 3), 'parts prefix: does not begin with 0x01'],
    ['parts', bytes(1, 97, 97, 98, 3), 'parts suffix: does not end with 0x0203'],
    ['parts', bytes(1, 97, 98, 2, 3), 'parts contains: does not contain 0x616162'],
    ['inField', bytes(1)],
    ['inField', bytes(2), 'inField in: expected one of 2 values'],
    ['notIn', bytes(2), 'notIn not_in: one of 2 forbidden values'],
    ['ip', new Uint8Array(16)],
    ['ip', new Uint8Array(5), 'ip ip: got 5 bytes, expected the 4 or 16 bytes of an IP address'],
    ['uuid', bytes(), 'uuid uuid: empty, expected the 16 bytes of a UUID'],
    ['uuid', new Uint8Array(17), 'uuid uuid: got 17 bytes, expected the 16 bytes of a UUID'],
  ]);
});

describe('lists and maps', () => {
  const group = { third: true, choice: { $case: 'text', value: '' }, other: { $case: 'a', value: '' } };
  const valid = { texts: ['a'], required: [1n, 2n], entries: new Map([['k', 1]]) };
  rows(StandardItems, valid, [
    ['texts', [], 'texts min_items: got 0 items, at least 1'],
    ['texts', ['a', 'b', 'c']],
    ['texts', ['a', 'b', 'c', 'd'], 'texts max_items: got 4 items, limit 3'],
    ['texts', ['a', 'a'], 'texts unique: item 1 is the same as item 0'],
    ['texts', ['abc'], 'texts[0] max_len: got 3 characters, limit 2'],
    ['uniqueBytes', [bytes(1), bytes(2), bytes()]],
    ['uniqueBytes', [bytes(1), bytes(), bytes(1)], 'uniqueBytes unique: item 2 is the same as item 0'],
    ['uniqueDoubles', [Number.NaN, Number.NaN]],
    ['uniqueDoubles', Array.from({ length: 40 }, () => Number.NaN)],
    ['uniqueDoubles', [Number.NaN, 0, -0], 'uniqueDoubles unique: item 2 is the same as item 1'],
    ['required', [], 'required required: not set'],
    ['required', [1n], 'required min_items: got 1 item, at least 2'],
    ['required', [0n, -1n], 'required[1] min: got -1, at least 1 or 0'],
    ['entries', new Map(), 'entries min_items: got 0 entries, at least 1'],
    ['entries', new Map([['k', 9]])],
    ['entries', new Map([['k', 10]]), 'entries["k"] max: got 10, limit 9'],
    ['entries', new Map([['x', 1]]), 'entries["x"] prefix: key: does not begin with "k"'],
    ['messages', [group]],
    ['messages', [{ ...group, first: 'a' }], 'messages[0].first min_len: got 1 character, at least 2'],
    ['unchecked', [{ first: 'a' }]],
    ['messageEntries', new Map([[1, { ...group, first: 'a' }]]), 'messageEntries[1].first min_len: got 1 character, at least 2'],
  ]);

  it('a list over its limit is refused before it is read', () => {
    const four = bytes(10, 1, 97, 10, 1, 98, 10, 1, 99, 10, 1, 100);
    expect(() => StandardItems.decode(four)).toThrow('got 4 elements, limit 3');
    expect(StandardItems.decode(four.subarray(0, 9)).texts).toEqual(['a', 'b', 'c']);
  });
});

describe('groups and oneofs', () => {
  const valid = { third: true, choice: { $case: 'text', value: 'abc' }, other: { $case: 'a', value: '' } };
  rows(StandardGroups, valid, [
    ['first', ''],
    ['first', 'a', 'first min_len: got 1 character, at least 2'],
    ['third', false, ' exactly_one: got none, exactly one is needed'],
    ['fourth', valid, ' exactly_one: got third and fourth, exactly one is needed'],
    ['choice', undefined, 'choice required: not set, needs one of text, floats'],
    ['choice', { $case: 'text', value: 'abcd' }, 'text max_bytes: got 4 bytes, limit 3'],
    ['choice', { $case: 'floats', value: { lt: 1 } }, 'floats.lt lt: got 1, expected less than 0.5'],
    ['other', undefined, 'a required: not set'],
    ['other', { $case: 'b', value: '' }, 'a required: not set'],
    ['unchecked', { first: 'a' }],
  ]);

  it('at most one field of a group is set', () => {
    expect(checked(StandardGroups, { ...valid, first: 'ab', second: 1 })).toEqual([
      ' at_most_one: got first and second, at most one is allowed',
    ]);
  });
});

describe('well-known types', () => {
  const seconds = (value: number, nanos = 0) => ({ seconds: BigInt(Math.trunc(value)), nanos });
  const fromNow = (offset: number) => seconds(Date.now() / 1000 + offset);
  rows(StandardTypes, { int32: { value: 3 } }, [
    ['duration', seconds(0, 1), 'duration range: got 0.000000001 s, expected more than 0.000000001 s and at most 5.5 s'],
    ['duration', seconds(0, 2)],
    ['duration', seconds(5, 500_000_000)],
    [
      'duration',
      seconds(5, 500_000_001),
      'duration range: got 5.500000001 s, expected more than 0.000000001 s and at most 5.5 s',
    ],
    ['oneDuration', seconds(-2)],
    ['oneDuration', seconds(3), 'oneDuration in: got 3 s, expected one of 1 s, -2 s'],
    ['oneDuration', seconds(1), 'oneDuration not_in: got 1 s, the forbidden value'],
    ['timestamp', seconds(99, 999_999_999), 'timestamp min: got 99.999999999 s, expected at least 100 s'],
    ['timestamp', seconds(100)],
    ['past', fromNow(-10)],
    ['past', fromNow(100), 'past lt_now: after the current time'],
    ['future', fromNow(100)],
    ['future', fromNow(-100), 'future gt_now: before the current time'],
    ['future', fromNow(3700), 'future within: more than 3600 s from the current time'],
    ['any', { typeUrl: 'type.googleapis.com/google.protobuf.Duration' }],
    [
      'any',
      { typeUrl: 'type.googleapis.com/a.B' },
      'any in: expected one of the types type.googleapis.com/google.protobuf.Duration',
    ],
    [
      'notAny',
      { typeUrl: 'type.googleapis.com/google.protobuf.Duration' },
      'notAny not_in: one of the forbidden types type.googleapis.com/google.protobuf.Duration',
    ],
    ['mask', { paths: ['a', 'a.b', 'b.c.d'] }],
    ['mask', { paths: ['b'] }, 'mask in: expected paths in a, b.c'],
    ['mask', { paths: ['a.secret.b'] }, 'mask not_in: has a path in a.secret'],
    ['sameMask', { paths: ['a', 'b'] }, 'sameMask const: expected the paths a'],
    ['int32', undefined, 'int32 required: not set'],
    ['int32', {}, 'int32 min: got 0, at least 3'],
    ['string', {}, 'string min_bytes: got 0 bytes, at least 1', 'string email: empty, expected an email address'],
    ['string', { value: 'a@b.c' }],
    ['string', { value: 'a@b.cd' }, 'string max_bytes: got 6 bytes, limit 5'],
    ['bytes', {}, 'bytes min_bytes: got 0 bytes, at least 1'],
    ['bytes', { value: bytes(1, 2) }],
    ['bytes', { value: bytes(1, 2, 3) }, 'bytes max_bytes: got 3 bytes, limit 2'],
    ['uint64', { value: 5n }, 'uint64 max: got 5, limit 4'],
    ['bool', {}, 'bool const: got false, expected true'],
    ['doubles', [{ value: 0 }], 'doubles[0] gt: got 0, expected more than 0'],
  ]);
});
