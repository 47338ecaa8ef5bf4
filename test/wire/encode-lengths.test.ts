// The length of a message stands before it and is known behind it: room is left by a guess, and moved where the guess was wrong.
import { expect, test } from 'vitest';
import { AllTypes } from '../fixtures/generated/models.js';
import { sameBytes } from '../frame/hex.js';
import { oracleFor, toOracle } from '../oracle.js';

const oracle = oracleFor('im/fixture/v1/all_types.proto')('im.fixture.v1.AllTypes');
type Init = Parameters<typeof AllTypes.encode>[0];

/** Ours are the bytes of protobufjs. */
function expectOracle(init: Init): void {
  const message = AllTypes.create(init);
  const theirs = oracle.encode(oracle.fromObject(toOracle(AllTypes.generated.table, message))).finish();
  const ours = AllTypes.encode(init);
  expect({ length: ours.length, same: sameBytes(ours, theirs) }).toEqual({ length: theirs.length, same: true });
}

const SIZES = [
  0,
  1,
  125,
  126,
  127,
  128,
  129,
  16_381,
  16_382,
  16_383,
  16_384,
  16_385,
  2 ** 21 - 4,
  2 ** 21 - 1,
  2 ** 21,
  2 ** 21 + 1,
];

/** A message of `size` bytes and more: the name with its tag and length. */
const inner = (size: number) => ({ name: 'x'.repeat(size) });

test('messages of all sizes about the bounds of the length, in any order of small and large', () => {
  const shuffled = [...SIZES, ...[...SIZES].reverse(), 0, 2 ** 21, 0, 127, 16_384, 127, 2 ** 21, 128];
  for (const size of shuffled) expectOracle({ messageField: inner(size) });
});

test('small and large messages in turns within one list', () => {
  expectOracle({ messageList: [0, 16_384, 0, 127, 128, 2 ** 21, 1, 20_000, 0].map(inner) });
});

test('messages nested in one another, each about a bound', () => {
  for (const size of [0, 120, 122, 124, 126, 127, 128, 130, 16_370, 16_376, 16_380, 16_383, 16_384, 2 ** 21 - 8, 2 ** 21]) {
    expectOracle({ messageField: { deeper: { parent: { deeper: { parent: inner(size) } } } } });
    // The guess of the outer one was made by another size before.
    expectOracle({ messageField: {} });
    expectOracle({ recursiveField: { recursiveField: { recursiveField: { stringField: 'y'.repeat(size) } } } });
  }
});

test('entries of maps, oneofs and packed lists of all sizes', () => {
  for (const size of SIZES) {
    expectOracle({ stringMap: new Map([['k', 'v'.repeat(size)]]) });
    expectOracle({ messageMap: new Map([['k', inner(size)]]) });
    expectOracle({ choice: { $case: 'choiceMessage', value: inner(size) } });
    expectOracle({ bytesField: new Uint8Array(size).fill(7) });
  }
  for (const count of [0, 1, 12, 13, 25, 42, 43, 63, 64, 127, 128, 129, 1638, 1639, 16_383, 16_384, 16_385, 40_000]) {
    expectOracle({
      int32List: Array(count).fill(-1),
      uint32List: Array(count).fill(0xffff_ffff),
      int64List: Array(count).fill(-1n),
      boolList: Array(count).fill(true),
      sfixed64List: Array(count).fill(-1n),
      fixed32List: Array(count).fill(1),
      doubleList: Array(count).fill(0.5),
      enumList: Array(count).fill(1),
    });
  }
});

test('bytes and unpacked lists', () => {
  expectOracle({
    bytesList: SIZES.map((size) => new Uint8Array(size).fill(1)),
    unpackedList: [1n, -1n],
    unpackedEnumList: [0, 1, -1],
  });
});
