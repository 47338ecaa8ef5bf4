import type { Vector } from '../../vectors/vector.js';

/** The bytes that `hex` of a vector stands for. */
export function fromHex(hex: Vector['hex'] = []): Uint8Array {
  const parts = (typeof hex === 'string' ? [hex] : hex).map((part) =>
    typeof part === 'string' ? { bytes: parse(part), times: 1 } : { bytes: parse(part.repeat), times: part.times },
  );
  const whole = new Uint8Array(parts.reduce((size, { bytes, times }) => size + bytes.length * times, 0));
  let end = 0;
  for (const { bytes, times } of parts) {
    for (let i = 0; i < times; i++, end += bytes.length) whole.set(bytes, end);
  }
  return whole;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function parse(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(digits.charCodeAt(2 * i)) * 16 + digit(digits.charCodeAt(2 * i + 1));
  return bytes;
}

/** Value of the character code of a hexadecimal digit: a loop, because the engines that run this may be slow. */
function digit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}
