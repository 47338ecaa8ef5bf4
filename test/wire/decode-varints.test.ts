// "Any varint over 10 bytes or above 64 bits is an error; longer-than-needed varints within that are read."
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AllTypes, Empty } from '../fixtures/generated/models.js';
import { hex, join } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const TOO_LONG = 'varint over 10 bytes or above 64 bits';

/** Fields 1 to 6 and 13 to 16: the varint types, with the name of each. */
const TAGS: readonly [tag: string, name: string][] = [
  ['08', 'int32Field'],
  ['10', 'int64Field'],
  ['18', 'uint32Field'],
  ['20', 'uint64Field'],
  ['28', 'sint32Field'],
  ['30', 'sint64Field'],
  ['68', 'boolField'],
  ['80 01', 'enumField'],
];

test.each(TAGS)('tag %s (%s): a varint that is too long, too large or truncated is refused at its first byte', (tag, name) => {
  const refuse = (varint: string, text: string): void => {
    const field = hex(tag, varint);
    const expectRefused = (bytes: Uint8Array, at: number, path: string): void => {
      const message = `[MALFORMED_PAYLOAD] AllTypes.${path}: ${text}, at byte ${at}`;
      expect(thrownBy(() => AllTypes.decode(bytes))).toMatchObject({ message, offset: at, path, code: 'MALFORMED_PAYLOAD' });
    };
    const at = tag.split(' ').length;
    expectRefused(field, at, name);
    // The same at the end of a message inside, with many bytes behind it that are not its own.
    for (const behind of ['01', '80', 'ff']) {
      const outer = join(hex('92 01'), Uint8Array.of(field.length), field, hex(`${behind} `.repeat(20)));
      expectRefused(outer, at + 3, `recursiveField.${name}`);
    }
  };
  refuse('80 80 80 80 80 80 80 80 80 80 00', TOO_LONG);
  refuse('80 80 80 80 80 80 80 80 80 02', TOO_LONG);
  refuse('ff ff ff ff ff ff ff ff ff 02', TOO_LONG);
  refuse('ff ff ff ff ff ff ff ff ff 7f', TOO_LONG);
  refuse('80 80 80 80 80 80 80 80 80 82 00', TOO_LONG);
  refuse('', 'truncated varint: got 0 bytes without an end');
  for (let length = 1; length <= 9; length++) {
    refuse('80 '.repeat(length), `truncated varint: got ${length} bytes without an end`);
  }
  // The tenth byte alone tells that the varint is too long.
  refuse('80 80 80 80 80 80 80 80 80 80', TOO_LONG);
});

test('the length of a varint is judged in unknown fields, lengths, lists and maps alike', () => {
  const eleven = '81 80 80 80 80 80 80 80 80 80 00';
  const refusals: readonly [bytes: string, text: string][] = [
    [`90 0f ${eleven}`, `AllTypes: ${TOO_LONG}, at byte 2`],
    [`90 0f ff ff ff ff ff ff ff ff ff 02`, `AllTypes: ${TOO_LONG}, at byte 2`],
    [`90 0f 80 80`, 'AllTypes: truncated varint: got 2 bytes without an end, at byte 2'],
    [`72 ${eleven} 61`, `AllTypes.stringField: ${TOO_LONG}, at byte 1`],
    [`92 0f ${eleven} 61`, `AllTypes: ${TOO_LONG}, at byte 2`],
    [`fa 01 0b ${eleven}`, `AllTypes.int32List: ${TOO_LONG}, at byte 3`],
    [`82 02 0c 05 ${eleven}`, `AllTypes.int64List: ${TOO_LONG}, at byte 4`],
    [`ea 03 0c 08 ${eleven}`, `AllTypes.int32Map: ${TOO_LONG}, at byte 4`],
    [`90 0f 05 93 0f 08 ${eleven} 94 0f`, `AllTypes: ${TOO_LONG}, at byte 6`],
  ];
  for (const [bytes, text] of refusals) {
    expect(thrownBy(() => AllTypes.decode(hex(bytes))).message).toBe(`[MALFORMED_PAYLOAD] ${text}`);
  }
});

test('varints that are longer than needed are read, up to ten bytes', () => {
  for (const varint of ['05', '85 00', '85 80 00', '85 80 80 80 00', '85 80 80 80 80 00', '85 80 80 80 80 80 80 80 80 00']) {
    expect(AllTypes.decode(hex('08', varint)).int32Field).toBe(5);
    expect(AllTypes.decode(hex('10', varint)).int64Field).toBe(5n);
    expect(AllTypes.decode(hex('18', varint)).uint32Field).toBe(5);
    expect(AllTypes.decode(hex('20', varint)).uint64Field).toBe(5n);
    expect(AllTypes.decode(hex('28', varint)).sint32Field).toBe(-3);
    expect(AllTypes.decode(hex('30', varint)).sint64Field).toBe(-3n);
    expect(AllTypes.decode(hex('68', varint)).boolField).toBe(true);
    expect(AllTypes.decode(hex('80 01', varint)).enumField).toBe(5);
    expect(AllTypes.decode(hex('72', varint, '61 62 63 64 65')).stringField).toBe('abcde');
    const unknown = hex('08', varint);
    expect(Empty.encode(Empty.decode(unknown))).toEqual(unknown);
  }
});

test('a number keeps the low 32 bits of a longer varint, as protobuf says', () => {
  const bits36 = 'ff ff ff ff ff 01';
  expect(AllTypes.decode(hex('08', bits36)).int32Field).toBe(-1);
  expect(AllTypes.decode(hex('18', bits36)).uint32Field).toBe(0xffff_ffff);
  expect(AllTypes.decode(hex('28', bits36)).sint32Field).toBe(-0x8000_0000);
  expect(AllTypes.decode(hex('80 01', '82 80 80 80 80 80 80 80 80 01')).enumField).toBe(2);
  // Five bytes, the fifth with bits above the 32nd.
  expect(AllTypes.decode(hex('18', '81 80 80 80 70')).uint32Field).toBe(1);
});

test('a bool is true where any of the 64 bits is set', () => {
  expect(AllTypes.decode(hex('68 00')).boolField).toBe(false);
  expect(AllTypes.decode(hex('68 80 80 80 80 80 80 80 80 80 00')).boolField).toBe(false);
  expect(AllTypes.decode(hex('68 02')).boolField).toBe(true);
  expect(AllTypes.decode(hex('68 80 80 80 80 10')).boolField).toBe(true);
  expect(AllTypes.decode(hex('68 80 80 80 80 80 80 80 80 80 01')).boolField).toBe(true);
});

test('each type reads its edges', () => {
  const max64 = 'ff ff ff ff ff ff ff ff 7f';
  const min64 = '80 80 80 80 80 80 80 80 80 01';
  const all64 = 'ff ff ff ff ff ff ff ff ff 01';
  expect(AllTypes.decode(hex('10', max64)).int64Field).toBe(0x7fff_ffff_ffff_ffffn);
  expect(AllTypes.decode(hex('10', min64)).int64Field).toBe(-0x8000_0000_0000_0000n);
  expect(AllTypes.decode(hex('10', all64)).int64Field).toBe(-1n);
  expect(AllTypes.decode(hex('20', all64)).uint64Field).toBe(0xffff_ffff_ffff_ffffn);
  expect(AllTypes.decode(hex('30', all64)).sint64Field).toBe(-0x8000_0000_0000_0000n);
  expect(AllTypes.decode(hex('30', 'fe ff ff ff ff ff ff ff ff 01')).sint64Field).toBe(0x7fff_ffff_ffff_ffffn);
  expect(AllTypes.decode(hex('08', 'ff ff ff ff 07')).int32Field).toBe(0x7fff_ffff);
  expect(AllTypes.decode(hex('08', '80 80 80 80 f8 ff ff ff ff 01')).int32Field).toBe(-0x8000_0000);
  expect(AllTypes.decode(hex('18', 'ff ff ff ff 0f')).uint32Field).toBe(0xffff_ffff);
  expect(AllTypes.decode(hex('28', 'fe ff ff ff 0f')).sint32Field).toBe(0x7fff_ffff);
  expect(AllTypes.decode(hex('28', 'ff ff ff ff 0f')).sint32Field).toBe(-0x8000_0000);
  expect(AllTypes.decode(hex('80 01', all64)).enumField).toBe(-1);
});

/** A varint of `value`, with up to ten bytes, more than it needs. */
function varintOf(value: bigint, bytes: number): number[] {
  const out: number[] = [];
  for (let rest = value; out.length === 0 || rest > 0n || out.length < bytes; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out[out.length - 1] &= 127;
  return out;
}

test(`any 64 bits in any number of bytes are read alike at the end of the input and before (seed ${SEED})`, () => {
  const value = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.nat({ max: 64 }).map((bit) => (1n << BigInt(bit)) - 1n),
  );
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 10 }), fc.nat({ max: 12 }), (bits, bytes, behind) => {
      const varint = varintOf(bits, bytes);
      const padding = Array(behind).fill([0xfa, 0x7d, 0]).flat();
      const read = (tag: number) => AllTypes.decode(Uint8Array.from([tag, ...varint, ...padding]));
      expect(read(0x20).uint64Field).toBe(bits);
      expect(read(0x10).int64Field).toBe(BigInt.asIntN(64, bits));
      expect(read(0x30).sint64Field).toBe((bits >> 1n) ^ -(bits & 1n));
      expect(read(0x08).int32Field).toBe(Number(BigInt.asIntN(32, bits)));
      expect(read(0x18).uint32Field).toBe(Number(BigInt.asUintN(32, bits)));
      expect(read(0x68).boolField).toBe(bits !== 0n);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
