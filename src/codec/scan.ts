// Walks the fields of a payload without decoding them.
import { skipField } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';

/**
 * Calls `onField` for each field of the message in b[p, e): its tag, where the tag begins, where the value begins, where it ends.
 * @throws Fault as decoding does, for what can be seen from outside.
 */
export function scanFields(
  b: Uint8Array,
  p: number,
  e: number,
  onField: (tag: number, at: number, value: number, end: number) => void,
): void {
  while (p < e) {
    const at = p;
    const tag = tagAt(b, at, e);
    const value = pos;
    p = skipField(b, at, tag, value, e, 0);
    onField(tag, at, value, p);
  }
}
