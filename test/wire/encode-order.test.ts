// "Our writer: ascending numbers, packed, defaults left out, map entries in insertion order, unknown fields last."
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as models from '../../generated/models.js';
import type { Codec } from '../../src/wire/codec.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { messages } from '../arbitrary.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex, sameBytes } from '../frame/hex.js';
import { oracleFor, toOracle } from '../oracle.js';
import { SEED } from '../seed.js';

/** Numbers of the fields of a message, in the order of its bytes. */
function numbersIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      value += (bytes[at] & 127) * shift;
      if (bytes[at++] < 128) return value;
    }
  };
  let at = 0;
  while (at < bytes.length) {
    const tag = varint();
    numbers.push(Math.floor(tag / 8));
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) at += 8;
    else if (tag % 8 === 5) at += 4;
    else {
      // Not `at += varint()`: that would add to where it began.
      const length = varint();
      at += length;
    }
  }
  return numbers;
}

test('the members of a oneof stand in their places among the other fields', () => {
  const between = { between: 5 };
  expect(AllTypes.encode({ ...between, scattered: { $case: 'scatteredLow', value: 1 } })).toEqual(hex('d8 05 01 e0 05 05'));
  expect(AllTypes.encode({ ...between, scattered: { $case: 'scatteredHigh', value: 'a' } })).toEqual(hex('e0 05 05 ea 05 01 61'));
});

test(`fields ascend, whatever is set (seed ${SEED})`, () => {
  type Message = ReturnType<typeof AllTypes.decode>;
  fc.assert(
    fc.property(messages(AllTypes.generated.table) as unknown as fc.Arbitrary<Message>, (message) => {
      const numbers = numbersIn(AllTypes.encode(message));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test('scalar lists are packed, one field each, unless the schema says otherwise', () => {
  const bytes = AllTypes.encode({
    int32List: [1, 2],
    boolList: [true],
    unpackedList: [1n, 2n],
    unpackedEnumList: [1, 1],
    stringList: ['a', ''],
  });
  expect(bytes).toEqual(hex('fa 01 02 01 02 da 02 01 01 e2 02 01 61 e2 02 00 80 03 01 80 03 02 90 03 01 90 03 01'));
});

test('defaults are left out, where a field cannot tell them from not set', () => {
  const zeros = {
    int32Field: 0,
    int64Field: 0n,
    floatField: 0,
    boolField: false,
    stringField: '',
    bytesField: new Uint8Array(0),
    enumField: 0,
    int32List: [],
    stringMap: new Map(),
    choice: undefined,
  };
  expect(AllTypes.encode(zeros)).toEqual(new Uint8Array(0));
  // An optional field, a member of a oneof, an element and an entry are there, default or not.
  expect(AllTypes.encode({ optionalInt32: 0, optionalString: '', optionalBool: false })).toEqual(
    hex('a8 01 00 b2 01 00 c0 01 00'),
  );
  expect(AllTypes.encode({ choice: { $case: 'choiceString', value: '' } })).toEqual(hex('92 05 00'));
  expect(AllTypes.encode({ messageField: {} })).toEqual(hex('8a 01 00'));
  expect(AllTypes.encode({ stringMap: new Map([['', '']]) })).toEqual(hex('8a 04 04 0a 00 12 00'));
});

test('entries stand in insertion order, unknown fields behind all known ones', () => {
  const message = {
    largestNumber: 1,
    int32Map: new Map([
      [2, 'b'],
      [1, 'a'],
    ]),
    [UNKNOWN_FIELDS]: hex('90 0f 01'),
  };
  expect(AllTypes.encode(message)).toEqual(hex('ea 03 05 08 02 12 01 62 ea 03 05 08 01 12 01 61 f8 ff ff ff 0f 01 90 0f 01'));
});

const files = [
  'send_info',
  'receive_info',
  'send_result',
  'topic_message',
  'handshake',
  'content',
  'drain_info',
  'error_info',
  'session_info',
];
const lookup = oracleFor(...files.map((file) => `im/protocol/v1/${file}.proto`), 'im/legacy/v1/json_message.proto');
const codecs = Object.values(models).filter(
  (model): model is never => typeof (model as { encode?: unknown }).encode === 'function',
) as Codec<object, object>[];

test('there is a codec of every model', () => {
  expect(codecs.map((codec) => codec.typeName)).toContain('im.protocol.v1.PrivateMessage');
  expect(codecs.length).toBeGreaterThan(25);
});

test.each(codecs.map((codec) => [codec.typeName, codec] as const))(
  `%s: our bytes are those of protobufjs (seed ${SEED})`,
  (name, codec) => {
    const { table } = codec.generated;
    const oracle = lookup(name);
    fc.assert(
      fc.property(messages(table), (message) => {
        const theirs = oracle.encode(oracle.fromObject(toOracle(table, message))).finish();
        const ours = codec.encode(message);
        expect(codec.decode(theirs)).toEqual(message);
        // protobufjs takes a map as an object, whose keys have an order of their own.
        if (!hasMap(codec)) expect(sameBytes(ours, theirs)).toBe(true);
        expect(codec.decode(ours)).toEqual(message);
      }),
      { seed: SEED, numRuns: 50 },
    );
  },
);

/** Whether the message or one in it has a map. */
function hasMap({ generated: { table } }: Codec<object, object>): boolean {
  const seen = new Set<typeof table>();
  const visit = (of: typeof table): boolean =>
    !seen.has(of) &&
    seen.add(of) &&
    of.fields.some((field) => field.kind === 'map' || (field.message !== undefined && visit(field.message())));
  return visit(table);
}
