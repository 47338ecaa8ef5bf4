// What only plans do: they write a message when its size is estimated, and copy it afterwards.
import { expect, test } from 'vitest';
import { REGISTRY } from '../../generated/registry.codec.js';
import { SCHEMAS } from '../../generated/schema-text.js';
import { createEncodeFrame } from '../../src/codec/encode-frame.js';
import { planCodec, planRegistry } from '../../src/wire/plan/plan-codec.js';
import { AllTypes } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { SCHEMA } from '../fixtures/generated/schema-text.js';
import { thrownBy } from '../thrown-by.js';

type Init = Parameters<typeof AllTypes.encode>[0];
const plan = planCodec<object, Init, string>(SCHEMA, 'AllTypes');

const FIELDS: Init = {
  int32Field: 1,
  stringField: 'text',
  messageField: { name: 'n'.repeat(300) },
  int32List: [1, 2, 300],
  messageList: [{ id: 1n }, {}],
  stringMap: new Map([['k', 'v']]),
  scattered: { $case: 'scatteredHigh', value: 'high' },
  between: 5,
};

test('fields are written in the order of their numbers, whatever the order of the keys', () => {
  const entries = Object.entries(FIELDS);
  const expected = AllTypes.encode(FIELDS);
  for (let turn = 0; turn < entries.length; turn++) {
    entries.push(...entries.splice(0, 1));
    expect(plan.encode(Object.fromEntries(entries))).toEqual(expected);
    expect(plan.encode(Object.fromEntries(entries.toReversed()))).toEqual(expected);
  }
});

test('deep messages with keys in another order take linear time', () => {
  let init: Init = {};
  for (let depth = 0; depth < 90; depth++) init = { between: 1, recursiveField: init, int32Field: depth };
  expect(plan.encode(init)).toEqual(AllTypes.encode(init));
});

test('accessors of a class are read', () => {
  class Accessors {
    between = 7;
    get int32Field() {
      return 1;
    }
    get scattered() {
      return FIELDS.scattered;
    }
  }
  expect(plan.encode(new Accessors() as Init)).toEqual(
    AllTypes.encode({ int32Field: 1, between: 7, scattered: FIELDS.scattered }),
  );
});

test('a message of any size', () => {
  for (const size of [16_300, 16_384, 16_400, 70_000, 1_100_000]) {
    const init = {
      stringField: 'a'.repeat(size),
      stringList: ['你'.repeat(100), 'b'.repeat(size)],
      bytesField: new Uint8Array(size),
    };
    expect(Buffer.compare(plan.encode(init), AllTypes.encode(init))).toBe(0);
  }
});

test('parts that are estimated together, or written again, are written right', () => {
  const { estimate, write } = plan.generated;
  const into = (init: Init): Uint8Array => {
    const b = new Uint8Array(1000);
    return b.subarray(0, write(init, b, 0));
  };
  const first: Init = { int32Field: 1 };
  const second: Init = { stringField: 'second' };
  estimate(first);
  estimate(second);
  expect(into(first)).toEqual(AllTypes.encode(first));
  expect(into(second)).toEqual(AllTypes.encode(second));
  // One that fails in between has used the memory.
  estimate(first);
  expect(() => estimate({ stringField: 'abc', bytesField: 5 as never })).toThrow();
  expect(into(first)).toEqual(AllTypes.encode(first));
  estimate(first);
  expect(() => write(first, new Uint8Array(1), 0)).toThrow(new RangeError('the message changed while it was encoded'));
});

test('a value out of range is reported after the version, and a wrong type before, as by generated code', () => {
  const registries = [REGISTRY, planRegistry(2, ...SCHEMAS)] as (typeof REGISTRY)[];
  const encoders = registries.map((registry) => createEncodeFrame(registry));
  const lists = [[1n], [2n ** 64n], Array.from({ length: 9 }, () => 2n ** 64n), Array.from({ length: 9 }, () => 'x'), 'no list'];
  for (const sequence of [1, 2 ** 32, '1', null]) {
    for (const userIds of lists) {
      for (const cmd of [4, null, 0.5]) {
        for (const version of [undefined, 1, 200]) {
          const data = { $case: 'conversation', value: {} };
          const message = { cmd, sender: { userId: 1n, terminal: 1 }, receivers: [{ terminal: 1, userIds }], data, sequence };
          const [generated, planned] = encoders.map((encodeFrame) => {
            const settings = { version, validate: false, maxFrameBytes: 9 };
            const { code, message: text } = thrownBy(() => encodeFrame('ReceiveInfo', message as never, settings));
            return { code, text };
          });
          expect(planned).toEqual(generated);
        }
      }
    }
  }
});
