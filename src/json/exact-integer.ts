const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** No number of the schema needs more; it bounds the work for `1e999999999` and for a megabyte of digits. */
const MAX_DIGITS = 400;

/** True for a number as JSON writes it. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * The integer that a decimal number denotes, exactly: `5`, `-0`, `1.50e2`. Undefined where it is no number as JSON writes it, has a
 * fraction, or has more than 400 digits.
 */
export function exactInteger(text: string): bigint | undefined {
  const parts = text.length <= MAX_DIGITS ? DECIMAL.exec(text) : null;
  if (parts === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const digits = shifted(whole + fraction, Number(exponent) - fraction.length);
  return digits === undefined ? undefined : BigInt(sign + digits);
}

/** The digits times ten to the power of `shift`; undefined where that is no integer of bounded size. */
function shifted(digits: string, shift: number): string | undefined {
  if (/^0*$/.test(digits)) return '0';
  if (shift >= 0) return digits.length + shift <= MAX_DIGITS ? digits + '0'.repeat(shift) : undefined;
  const fraction = digits.slice(shift);
  return -shift < digits.length && /^0*$/.test(fraction) ? digits.slice(0, shift) : undefined;
}
