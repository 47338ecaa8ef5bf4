// What readers see of the rules of the schema while the bytes are at hand, which costs a fraction of what it costs later: each
// character of a text that has rules of its characters, that ids are 1 or more (packed lists of sfixed64), that a 64-bit number has not
// so many bytes that it may be negative or over its limit. They judge nothing: they only note that something may be wrong. The check
// of a message that was read without a doubt skips these rules (but for 0, of which fields that are left out are full), and with a
// doubt it goes through all of them. A doubt may be unfounded; a value that breaks one of these rules always raises one.
import { chars, FEW_CHARS, fewChars } from './code-units.js';
import { textAt } from './text.js';

/** A doubt was raised since `trust` was called. */
export let doubted = false;

/** Called before a message is read whose check wants to know. */
export function trust(): void {
  doubted = false;
}

/** What was just read may break a rule that the check would skip. */
export function doubt(): void {
  doubted = true;
}

/** Tells for each byte whether it may stand in a text: built from ranges, first and last byte of each. */
export function byteSet(...ranges: readonly (readonly [first: number, last: number])[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const [first, last] of ranges) set.fill(1, first, last + 1);
  return set;
}

/** The text in b[p, e), with a doubt if it has another byte than those of the set. */
export function textOf(set: Uint8Array, b: Uint8Array, p: number, e: number): string {
  const length = e - p;
  let all = 1;
  if (length > FEW_CHARS) {
    for (let i = p; i < e; i++) all &= set[b[i]];
    if (all === 0) doubt();
    return textAt(b, p, e);
  }
  // In one go with what `textAt` does with a short text.
  const into = chars;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const byte = b[p + i];
    into[i] = byte;
    bits |= byte;
    all &= set[byte];
  }
  if (all === 0) doubt();
  return bits < 128 ? fewChars(length) : textAt(b, p, e);
}
