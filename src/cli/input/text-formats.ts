// Reads hex and base64 in chunks, cut anywhere.
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';

/** Allowed between hex digits: white space, commas, colons, dashes, quotes, 0x and \\x. */
export const BETWEEN = /0x|\\x|[\s:,'"-]/gi;

const NOT_HEX = /[^0-9a-f]/i;
const NOT_BASE64 = /[^A-Za-z0-9+/_=\s-]/;

export async function* fromHex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let rest = '';
  // Characters before `rest`.
  let position = 0;
  for await (const bytes of chunks) {
    const text = rest + Buffer.from(bytes).toString('latin1');
    // "0x" may be cut: a 0 or a backslash at the end waits for the next chunk.
    const cut = /[0\\]$/.test(text) ? text.length - 1 : text.length;
    const digits = text.slice(0, cut).replace(BETWEEN, '');
    if (NOT_HEX.test(digits)) throw notEncoded('hex', text.slice(0, cut), position);
    const even = digits.length - (digits.length % 2);
    rest = digits.slice(even) + text.slice(cut);
    position += text.length - rest.length;
    if (even > 0) yield [chunk(Buffer.from(digits.slice(0, even), 'hex'))];
  }
  const last = rest.replace(BETWEEN, '');
  if (NOT_HEX.test(last)) throw notEncoded('hex', rest, position);
  if (last.length % 2 !== 0) throw new Failure(INVALID, 'the hex has an odd number of digits');
  if (last !== '') yield [chunk(Buffer.from(last, 'hex'))];
}

/** Each line is base64 by itself, padded or not. Long lines are read in parts. */
export async function* fromBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let rest = '';
  let position = 0;
  for await (const bytes of chunks) {
    const added = Buffer.from(bytes).toString('latin1');
    if (NOT_BASE64.test(added)) throw notEncoded('base64', added, position);
    position += added.length;
    // Up to and including the last padding, else whole groups of four.
    const groups = (rest + added.replace(/\s+/g, '')).split(/(?<==)(?!=)/);
    rest = groups.pop()!;
    const even = rest.length - (rest.length % 4);
    groups.push(rest.slice(0, even));
    rest = rest.slice(even);
    for (const group of groups) if (group !== '') yield [chunk(Buffer.from(group, 'base64'))];
  }
  if (rest.replace(/=+$/, '').length === 1) throw new Failure(INVALID, 'the base64 ends inside a byte');
  if (rest !== '') yield [chunk(Buffer.from(rest, 'base64'))];
}

/** @param before characters of the input before `text`. */
function notEncoded(format: 'hex' | 'base64', text: string, before: number): Failure {
  const { at, found } = firstOther(format, text)!;
  return new Failure(INVALID, `not ${format}: expected a ${format} digit at character ${before + at + 1}, got ${found}`);
}

/**
 * The first character that does not belong to the encoding: its index and its class; undefined if there is none. Messages do not show the text
 * itself, which may hold secrets.
 */
export function firstOther(format: 'hex' | 'base64', text: string): { at: number; found: string } | undefined {
  // Blanked, so that the index stays that of the text.
  const blanked = format === 'hex' ? text.replace(BETWEEN, (found) => ' '.repeat(found.length)) : text;
  const at = blanked.search(format === 'hex' ? /[^0-9a-f ]/i : NOT_BASE64);
  return at < 0 ? undefined : { at, found: characterClass(text[at]) };
}

function characterClass(char: string): string {
  if (/[A-Za-z]/.test(char)) return 'a letter';
  if (/[0-9]/.test(char)) return 'a decimal digit';
  if (/[\x21-\x7e]/.test(char)) return 'a punctuation character';
  return /\s/.test(char) ? 'white space' : /\p{Cc}/u.test(char) ? 'a control character' : 'a non-ASCII character';
}
