// Checks numeric options of brokers and subscriptions.

/** Maximum timeout of timers on all platforms; longer ones fire at once. */
const MAX_TIMER_MS = 0x7fff_ffff;

/** @throws RangeError unless the value is an integer of at least `min`. */
export function requireCount(name: string, value: number, min: number): void {
  if (!(Number.isSafeInteger(value) && value >= min))
    throw new RangeError(`${name}: expected an integer of ${min} or more, got ${value}`);
}

/** @throws RangeError unless the value is a number of milliseconds from `min` to `max`. */
export function requireMs(name: string, value: number, min = 0, max = MAX_TIMER_MS): void {
  if (!(typeof value === 'number' && value >= min && value <= max)) {
    throw new RangeError(`${name}: expected ${min} to ${max} milliseconds, got ${value}`);
  }
}
