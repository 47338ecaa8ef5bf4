// Hex and base64 that come in chunks, cut anywhere.
import { quoted } from '../../wire/quoted.js';
import { Failure, INVALID } from '../exit.js';
import { type Chunk, chunk } from './chunk.js';

/** What may stand between the digits: white space, commas, colons, dashes, quotes, 0x and \x. */
export const BETWEEN = /0x|\\x|[\s:,'"-]/gi;

export async function* fromHex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let rest = '';
  for await (const bytes of chunks) {
    const text = rest + Buffer.from(bytes).toString('latin1');
    // "0x" may be cut: a single 0 at the end, or a backslash, waits for what follows.
    const cut = /[0\\]$/.test(text) ? text.length - 1 : text.length;
    const digits = text.slice(0, cut).replace(BETWEEN, '');
    requireOnly(digits, /[^0-9a-f]/i, 'hex');
    const even = digits.length - (digits.length % 2);
    rest = digits.slice(even) + text.slice(cut);
    if (even > 0) yield [chunk(Buffer.from(digits.slice(0, even), 'hex'))];
  }
  const last = rest.replace(BETWEEN, '');
  requireOnly(last, /[^0-9a-f]/i, 'hex');
  if (last.length % 2 !== 0) throw new Failure(INVALID, 'the hex has an odd number of digits');
  if (last !== '') yield [chunk(Buffer.from(last, 'hex'))];
}

/** Each line is base64 of its own, padded or not; long lines are cut where that can be. */
export async function* fromBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk[]> {
  let rest = '';
  for await (const bytes of chunks) {
    const text = rest + Buffer.from(bytes).toString('latin1').replace(/\s+/g, '');
    requireOnly(text, /[^A-Za-z0-9+/_=-]/, 'base64');
    // Up to and with the last padding, else whole groups of four.
    const groups = text.split(/(?<==)(?!=)/);
    rest = groups.pop()!;
    const even = rest.length - (rest.length % 4);
    groups.push(rest.slice(0, even));
    rest = rest.slice(even);
    for (const group of groups) if (group !== '') yield [chunk(Buffer.from(group, 'base64'))];
  }
  if (rest.replace(/=+$/, '').length === 1) throw new Failure(INVALID, 'the base64 ends inside of a byte');
  if (rest !== '') yield [chunk(Buffer.from(rest, 'base64'))];
}

function requireOnly(text: string, other: RegExp, format: string): void {
  const found = other.exec(text);
  if (found !== null) throw new Failure(INVALID, `not ${format}: got ${quoted(found[0])}`);
}
