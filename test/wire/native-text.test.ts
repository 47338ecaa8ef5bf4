// Which text codecs of a platform are used: only those that are right.
import { describe, expect, it } from 'vitest';
import { nativeDecoder, nativeEncoder, nativeUtf16, type TextGlobals } from '../../src/wire/native-text.js';

/** The codecs of Node, which are right. */
const right = { TextEncoder, TextDecoder } as unknown as Required<TextGlobals>;
type Encoder = InstanceType<Required<TextGlobals>['TextEncoder']>;
type Decoder = InstanceType<Required<TextGlobals>['TextDecoder']>;

const encoder = (encodeInto: Encoder['encodeInto']): TextGlobals => ({
  TextEncoder: class {
    encodeInto = encodeInto;
  },
});
type Options = { readonly fatal?: boolean; readonly ignoreBOM: boolean };
const decoder = (decode: (bytes: Uint8Array | Uint16Array, label: string, options: Options) => string): TextGlobals => ({
  TextDecoder: class implements Decoder {
    constructor(
      readonly label: string,
      readonly options: Options,
    ) {}
    decode(bytes: Uint8Array | Uint16Array): string {
      return decode(bytes, this.label, this.options);
    }
  },
});
const decode = (bytes: Uint8Array | Uint16Array, label: string, options: Options): string =>
  new right.TextDecoder(label, options).decode(bytes);

it('those of Node', () => {
  const into = new Uint8Array(8);
  expect([nativeEncoder(right)!('你', into.subarray(1)), into[1]]).toEqual([3, 0xe4]);
  expect(nativeDecoder(right)!(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  expect(nativeUtf16(right)!(Uint16Array.of(0xfeff, 0x4f60))).toBe('\ufeff你');
});

it('is undefined on a platform that has none', () => {
  expect([nativeEncoder({}), nativeDecoder({}), nativeUtf16({})]).toEqual([undefined, undefined, undefined]);
});

describe('no encoder that', () => {
  it.each<[what: string, globals: TextGlobals]>([
    ['has no encodeInto', { TextEncoder: class {} } as unknown as TextGlobals],
    ['cannot be constructed', { TextEncoder: (() => undefined) as never }],
    ['returns nothing', encoder(() => undefined as never)],
    [
      'counts characters',
      encoder((text, into) => ({ written: new right.TextEncoder().encodeInto(text, into).written && text.length })),
    ],
    [
      'writes to the start of the buffer',
      encoder((text, into) => new right.TextEncoder().encodeInto(text, new Uint8Array(into.buffer))),
    ],
    ['drops a BOM', encoder((text, into) => new right.TextEncoder().encodeInto(text.replace(/^\ufeff/, ''), into))],
    [
      'writes surrogates one by one (CESU-8)',
      encoder((text, into) => {
        const bytes = Buffer.concat(text.split('').map((unit) => Buffer.from(unit)));
        into.set(bytes.subarray(0, into.length));
        return { written: bytes.length };
      }),
    ],
    [
      'writes behind the text',
      encoder((text, into) => {
        const result = new right.TextEncoder().encodeInto(text, into);
        into[result.written] = 0;
        return result;
      }),
    ],
  ])('%s', (_what, globals) => {
    expect(nativeEncoder(globals)).toBeUndefined();
  });
});

describe('no decoder that', () => {
  it.each<[what: string, globals: TextGlobals]>([
    ['does not know the option fatal', decoder((bytes, label) => decode(bytes, label, { ignoreBOM: true }))],
    ['swallows a BOM', decoder((bytes, label, options) => decode(bytes, label, { ...options, ignoreBOM: false }))],
    [
      'reads the whole buffer of a view',
      decoder((bytes, label, options) => decode(new Uint8Array(bytes.buffer), label, options)),
    ],
    [
      'refuses only what is not text at all',
      decoder((bytes, label, options) => {
        if (bytes.includes(0xff)) throw new TypeError();
        return decode(bytes, label, { ...options, fatal: false });
      }),
    ],
    [
      'accepts surrogates in UTF-8',
      decoder((bytes, label, options) =>
        decode(bytes.filter((byte) => byte !== 0xed && byte !== 0xa0) as Uint8Array, label, options),
      ),
    ],
    [
      'throws for long texts',
      decoder((bytes, label, options) => {
        if (bytes.length > 1000) throw new RangeError();
        return decode(bytes, label, options);
      }),
    ],
  ])('%s', (_what, globals) => {
    expect(nativeDecoder(globals)).toBeUndefined();
  });

  it('is spoiled by invalid bytes', () => {
    let isSpoiled = false;
    const globals = decoder((bytes, label, options) => {
      try {
        return (isSpoiled ? '\ufffd' : '') + decode(bytes, label, options);
      } catch (error) {
        isSpoiled = true;
        throw error;
      }
    });
    expect(nativeDecoder(globals)).toBeUndefined();
  });
});

describe('no decoder of UTF-16 that', () => {
  it.each<[what: string, globals: TextGlobals]>([
    [
      'does not exist',
      {
        TextDecoder: class {
          constructor(label: string) {
            if (label !== 'utf-8') throw new RangeError(`unknown encoding ${label}`);
          }
          decode = () => '';
        },
      },
    ],
    ['reads big-endian units', decoder((units) => Buffer.from(units.slice().buffer).swap16().toString('utf16le'))],
    [
      'ignores the label',
      decoder((units, _label, options) =>
        decode(new Uint8Array(units.buffer, units.byteOffset, units.byteLength), 'utf-8', options),
      ),
    ],
    ['swallows a BOM', decoder((units, label) => decode(units, label, { ignoreBOM: false }))],
  ])('%s', (_what, globals) => {
    expect(nativeUtf16(globals)).toBeUndefined();
  });
});
