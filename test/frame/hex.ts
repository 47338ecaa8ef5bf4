/** Bytes written as one sees them: `hex('00 00 00 04', '01 07 00 00')`. */
export function hex(...groups: string[]): Uint8Array {
  return Uint8Array.from(
    groups
      .join(' ')
      .split(' ')
      .filter((byte) => byte !== ''),
    (byte) => Number.parseInt(byte, 16),
  );
}

/** The bytes of a text in ASCII. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The reverse of `hex`. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Array.from(bytes.slice(start, end), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** One array of several. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. (`toEqual` does it too, in seconds for a MiB.) */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
