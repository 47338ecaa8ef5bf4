// Options that are numbers: what makes no sense is refused when a broker or a subscription is made.

/** The longest time that the timers of all platforms take; a longer one fires at once. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/** @throws RangeError for anything but an integer from `min` on. */
export function requireCount(name: string, value: number, min: number): void {
  if (!(Number.isSafeInteger(value) && value >= min)) throw new RangeError(`${name} is ${min} or more, got ${value}`);
}

/** @throws RangeError for anything but a number of milliseconds from `min` to `max`. */
export function requireMs(name: string, value: number, min = 0, max = LONGEST_TIMER_MS): void {
  if (!(typeof value === 'number' && value >= min && value <= max)) {
    throw new RangeError(`${name} is from ${min} to ${max} milliseconds, got ${value}`);
  }
}
