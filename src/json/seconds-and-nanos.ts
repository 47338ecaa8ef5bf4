// What Timestamp and Duration have in common.
import type { Message } from './json-options.js';

/** The two fields, with their defaults where they are left out. */
export function secondsAndNanos(message: Message): { seconds: bigint; nanos: number } {
  const { seconds = 0n, nanos = 0 } = message as { seconds?: bigint; nanos?: number };
  return { seconds, nanos };
}

/** "0, 3, 6 or 9 fractional digits": with the point, as many as are needed. */
export function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  const digits = nanos.toString().padStart(9, '0');
  return `.${digits.replace(/(000){1,2}$/, '')}`;
}

/** Nanoseconds from the digits behind the point. */
export function nanosOf(fraction: string): number {
  return Number(fraction.padEnd(9, '0'));
}
