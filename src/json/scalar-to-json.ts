import type { ScalarName } from '../wire/table.js';
import { toBase64 } from './base64.js';

/**
 * A scalar in JSON: 64-bit integers as decimal strings, bytes in base64, NaN and the infinities by name.
 * @param value of this type.
 */
export function scalarToJson(type: ScalarName, value: unknown): string | number | boolean {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'object':
      return toBase64(value as Uint8Array);
    case 'number':
      return numberToJson(type, value);
    default:
      return value as string | boolean;
  }
}

function numberToJson(type: ScalarName, value: number): number | string {
  // -0 is 0 in an integer. In a float it is a string, as "NaN", "Infinity", and "-Infinity" are: JSON.stringify would write it as 0.
  if (type !== 'double' && type !== 'float') return value + 0;
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return String(value);
  return type === 'float' ? shortestFloat(Math.fround(value)) : value;
}

const LARGEST_FLOAT = 3.4028234663852886e38;

/** The number with the fewest digits that is the same float: 0.1, not 0.10000000149011612. It never exceeds the range of a float. */
function shortestFloat(float: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float && Math.abs(short) <= LARGEST_FLOAT) return short;
  }
  return float;
}
