// Finds the text codecs of the platform, and uses none before it has shown that it works: polyfills and small runtimes lack UTF-16 or `fatal`,
// swallow a BOM, or ignore that a view is a part of its buffer (Encoding Standard, "API").

/** Members of the platform's TextEncoder and TextDecoder that are used. */
export interface TextGlobals {
  readonly TextEncoder?: new () => { encodeInto(text: string, into: Uint8Array): { readonly written: number } };
  readonly TextDecoder?: new (
    label: string,
    options: { readonly fatal?: boolean; readonly ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array | Uint16Array): string };
}

/** Writes a text into `into`, which has capacity for it, and returns the number of bytes. */
export type WriteNative = (text: string, into: Uint8Array) => number;
/** Returns the text of bytes or code units. */
export type ReadNative<T extends Uint8Array | Uint16Array> = (from: T) => string;

/** A BOM, then characters of 1 to 4 bytes. */
const TEXT = '\ufeffa\u00e9\u4f60\ud83d\ude00\ufeffz';
const UTF8 = [0xef, 0xbb, 0xbf, 0x61, 0xc3, 0xa9, 0xe4, 0xbd, 0xa0, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbb, 0xbf, 0x7a];
/** Longer than the pieces in which polyfills convert, so that a character spans two of them. */
const REPEATS = 300;
/** Invalid UTF-8: a continuation byte alone, overlong forms, a surrogate, beyond U+10FFFF, bytes that never occur, truncated characters. */
const INVALID = [
  [0x80],
  [0xc0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xf0, 0x80, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xc3],
  [0xe4, 0xbd],
  [0xf0, 0x9f, 0x98],
];

/** The platform's encoder. Undefined if it has none, or one that is wrong. */
export function nativeEncoder({ TextEncoder }: TextGlobals): WriteNative | undefined {
  return proven(() => {
    const encoder = new TextEncoder!();
    const write: WriteNative = (text, into) => encoder.encodeInto(text, into).written;
    return write;
  }, writesInPlace);
}

/** The platform's strict decoder of UTF-8. Undefined if it has none, or one that is wrong. */
export function nativeDecoder({ TextDecoder }: TextGlobals): ReadNative<Uint8Array> | undefined {
  return proven(() => {
    // ignoreBOM: a leading U+FEFF is a character of the text.
    const decoder = new TextDecoder!('utf-8', { fatal: true, ignoreBOM: true });
    const read: ReadNative<Uint8Array> = (from) => decoder.decode(from);
    return read;
  }, readsStrictly);
}

/** The platform's decoder of UTF-16 in the byte order of the platform. Undefined if it has none, or one that is wrong. */
export function nativeUtf16({ TextDecoder }: TextGlobals): ReadNative<Uint16Array> | undefined {
  return proven(() => {
    const decoder = new TextDecoder!('utf-16le', { ignoreBOM: true });
    const read: ReadNative<Uint16Array> = (from) => decoder.decode(from);
    return read;
  }, readsUnits);
}

function proven<T>(create: () => T, isRight: (codec: T) => boolean): T | undefined {
  try {
    const codec = create();
    return isRight(codec) ? codec : undefined;
  } catch {
    return undefined;
  }
}

function writesInPlace(write: WriteNative): boolean {
  const text = TEXT.repeat(REPEATS);
  const expected = padded(UTF8, REPEATS);
  const bytes = expected.slice().fill(0xff);
  // Capacity beyond the text, as `putText` reserves it.
  const written = write(text, bytes.subarray(1));
  return written === expected.length - 2 && bytes.every((byte, i) => byte === expected[i]);
}

function readsStrictly(read: ReadNative<Uint8Array>): boolean {
  const refuses = (bytes: readonly number[]): boolean => {
    try {
      read(inside(bytes));
      return false;
    } catch {
      return true;
    }
  };
  const long = padded(UTF8, REPEATS);
  const reads = (): boolean => read(inside(UTF8)) === TEXT && read(long.subarray(1, -1)) === TEXT.repeat(REPEATS);
  // Reads again after it has refused: nothing of an invalid text is left in the decoder.
  return (
    reads() && INVALID.every((bytes) => refuses(bytes) && refuses([...UTF8, ...bytes]) && refuses([...bytes, 0x61])) && reads()
  );
}

function readsUnits(read: ReadNative<Uint16Array>): boolean {
  const text = TEXT.repeat(REPEATS);
  const units = new Uint16Array(text.length + 2).fill(0x78);
  for (let i = 0; i < text.length; i++) units[i + 1] = text.charCodeAt(i);
  return read(units.subarray(1, -1)) === text && read(units.subarray(1, 1 + TEXT.length)) === TEXT;
}

/** The bytes as a view of a larger buffer, whose other bytes are invalid. */
function inside(bytes: readonly number[]): Uint8Array {
  return padded(bytes, 1).subarray(1, -1);
}

function padded(bytes: readonly number[], times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times + 2).fill(0xff);
  for (let i = 0; i < times; i++) all.set(bytes, 1 + i * bytes.length);
  return all;
}
