// Rules of bytes.
import { maxBytesText, minBytesText } from '../violations.js';
import { notInRule, plainRule, type StandardRule } from './rule.js';

type Bytes = Uint8Array;

/** `min_len` */
export function minBytes(limit: number): StandardRule<Bytes> {
  return { name: 'min_bytes', refuses: (value) => value.length < limit, text: (value) => minBytesText(value, limit) };
}

/** `max_len` */
export function maxBytes(limit: number): StandardRule<Bytes> {
  return { name: 'max_bytes', refuses: (value) => value.length > limit, text: (value) => maxBytesText(value, limit) };
}

/** `const` */
export function sameBytes(wanted: Bytes): StandardRule<Bytes> {
  return plainRule('const', (value) => !areSame(value, wanted), `expected ${shown(wanted)}`);
}

/** `in` */
export function someBytes(values: readonly Bytes[]): StandardRule<Bytes> {
  const refuses = (value: Bytes): boolean => !values.some((each) => areSame(value, each));
  return plainRule('in', refuses, `expected one of ${values.length} values`);
}

/** `not_in` */
export function otherBytes(values: readonly Bytes[]): StandardRule<Bytes> {
  return notInRule(values, (value) => values.some((each) => areSame(value, each)));
}

/** `prefix` */
export function bytesPrefix(wanted: Bytes): StandardRule<Bytes> {
  return plainRule('prefix', (value) => !isAt(value, 0, wanted), `does not begin with ${shown(wanted)}`);
}

/** `suffix` */
export function bytesSuffix(wanted: Bytes): StandardRule<Bytes> {
  return plainRule('suffix', (value) => !isAt(value, value.length - wanted.length, wanted), `does not end with ${shown(wanted)}`);
}

/** `contains` */
export function bytesContaining(wanted: Bytes): StandardRule<Bytes> {
  const failure = failureOf(wanted);
  return plainRule('contains', (value) => !includes(value, wanted, failure), `does not contain ${shown(wanted)}`);
}

/**
 * `ip`, `ipv4`, `ipv6`, `uuid`: the bytes of an address or identifier.
 * @param sizes the possible sizes.
 */
export function binary(name: string, sizes: readonly number[], wanted: string): StandardRule<Bytes> {
  return {
    name,
    refuses: (value) => !sizes.includes(value.length),
    text: (value) => (value.length === 0 ? `empty, ${wanted}` : `got ${value.length} bytes, ${wanted}`),
  };
}

function isAt(value: Bytes, at: number, part: Bytes): boolean {
  if (at < 0 || at + part.length > value.length) return false;
  for (let i = 0; i < part.length; i++) if (value[at + i] !== part[i]) return false;
  return true;
}

function areSame(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && isAt(a, 0, b);
}

/** For each position of `part`, the size of the longest proper prefix that ends there: the algorithm of Knuth, Morris and Pratt is linear. */
function failureOf(part: Bytes): number[] {
  const failure = [0];
  for (let i = 1, matched = 0; i < part.length; i++) {
    while (matched > 0 && part[i] !== part[matched]) matched = failure[matched - 1];
    if (part[i] === part[matched]) matched++;
    failure.push(matched);
  }
  return failure;
}

function includes(value: Bytes, part: Bytes, failure: readonly number[]): boolean {
  if (part.length === 0) return true;
  for (let i = 0, matched = 0; i < value.length; i++) {
    while (matched > 0 && value[i] !== part[matched]) matched = failure[matched - 1];
    if (value[i] === part[matched]) matched++;
    if (matched === part.length) return true;
  }
  return false;
}

/** `0x0a1b` */
function shown(bytes: Bytes): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
