import { Fault } from '../wire/fault.js';
import type { FieldTable } from '../wire/table.js';
import { fitsWireType, START_GROUP, wrongWireType } from '../wire/wire-type.js';
import type { Scope } from './walk.js';

/**
 * What is wrong with a tag. "A known field with another wire type, field number 0": errors, although what follows can be read.
 * @param skip skips the field as a decoder does, and throws what it throws: that says what is wrong with a tag of an unknown field.
 */
export function tagFault(
  scope: Scope,
  field: FieldTable | undefined,
  tag: number,
  at: number,
  skip: () => void,
): Fault | undefined {
  const number = tag >>> 3;
  const wireType = tag & 7;
  if (field !== undefined) {
    if (fitsWireType(field, wireType)) return undefined;
    const what = scope.isEntry ? `the ${number === 1 ? 'key' : 'value'} of a map` : `field ${number}`;
    return wrongWireType(wireType, what, at);
  }
  // The inside of a group is gone through anyway.
  if (number !== 0 && wireType <= START_GROUP) return undefined;
  try {
    skip();
  } catch (error) {
    // Anything else lies behind the tag, and is found there.
    if (error instanceof Fault && error.at === at) return error;
  }
  return undefined;
}
