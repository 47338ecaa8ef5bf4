import type { FieldPlan, MessagePlan, Newer } from './plan.js';
import { ENUM, MESSAGE } from './types.js';

/** What of a field needs a version above that of its message. An ignorable field needs none, but what is newer than the field itself does. */
export function newerParts({ since = 0, ignorable, op, message, enum: table }: FieldPlan, plan: MessagePlan): Newer {
  const floor = Math.max(1, plan.since ?? 0);
  const inner = Math.max(floor, since);
  if ((since > floor && !ignorable) || (op === MESSAGE && ((message as () => MessagePlan)().since ?? 0) > inner)) return true;
  if (op !== ENUM || table === undefined) return false;
  const { since: versions = {}, ignorable: free = [] } = table();
  const numbers = Object.keys(versions)
    .map(Number)
    .filter((number) => versions[number] > inner && !free.includes(number));
  return numbers.length > 0 && { first: Math.min(...numbers), last: Math.max(...numbers) };
}
