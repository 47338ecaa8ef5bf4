// Encodes a message by its plan, in one walk. Its size is known when it is written: `estimateMessage` writes it to memory of its own, and
// `writeMessage` copies it from there. Generated code walks twice instead, and refuses a value that is out of range or a lone surrogate only
// when it writes, after the rules and the version were checked. So here: such an error waits for `writeMessage`.

import type { MessagePlan } from './plan.js';
import { putMessage, setLenient } from './put-message.js';
import { copyScratch, withScratch } from './scratch.js';

type Properties = Record<PropertyKey, unknown>;

/** The message that was written ahead, its size, and the error of its values. */
let ahead: Properties | undefined;
let length = 0;
let failure: { readonly error: unknown } | undefined;

/** Checks keys and types, and returns a third of the size, rounded up, as estimates of generated code do (../capacity.ts). */
export function estimateMessage(plan: MessagePlan, m: Properties, d = 0): number {
  // Even if this fails, it writes over what was there.
  ahead = undefined;
  let failed: typeof failure;
  let end: number;
  const write = () => putMessage(plan, m, 0, d);
  try {
    end = withScratch(write);
  } catch (error) {
    // What follows may be of a wrong type, which is refused now.
    const outer = setLenient(true);
    try {
      end = withScratch(write);
    } finally {
      setLenient(outer);
    }
    failed = { error };
  }
  ahead = m;
  length = end;
  failure = failed;
  return Math.ceil(end / 3);
}

/** Writes the message at `p`, where there is capacity, and returns the index after it. */
export function writeMessage(plan: MessagePlan, m: Properties, b: Uint8Array, p: number): number {
  // Another message was encoded in between: by a getter, or because generated code estimates several messages first.
  if (ahead !== m) estimateMessage(plan, m);
  ahead = undefined;
  if (failure !== undefined) throw failure.error;
  if (p + length > b.length) throw new RangeError('the message changed while it was encoded');
  copyScratch(length, b, p);
  return p + length;
}
