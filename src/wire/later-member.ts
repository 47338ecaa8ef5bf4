import { skipField, UNKNOWN_FIELDS, type WithUnknownFields } from './unknown.js';
import { pos, tagAt } from './varint.js';

/**
 * later_members: true if the unknown fields of a message hold one whose number lies in the range, both ends included: a member of a
 * oneof that a later version added. Bytes that are no fields hold none.
 */
export function hasLaterMember(message: object, first: number, last: number): boolean {
  const b = (message as WithUnknownFields)[UNKNOWN_FIELDS];
  if (b === undefined) return false;
  let found = false;
  try {
    for (let p = 0; p < b.length; ) {
      const tag = tagAt(b, p, b.length);
      const number = tag >>> 3;
      found ||= number >= first && number <= last;
      p = skipField(b, p, tag, pos, b.length, 0);
    }
  } catch {
    return false;
  }
  return found;
}
