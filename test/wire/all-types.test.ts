import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messages } from '../arbitrary.js';
import { AllTypes } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { oracleFor, toOracle } from '../oracle.js';
import { SEED } from '../seed.js';

const type = oracleFor('im/fixture/v1/all_types.proto');
const oracle = type('im.fixture.v1.AllTypes');
type Message = ReturnType<typeof AllTypes.decode>;
const arbitrary = messages(AllTypes.generated.table) as unknown as fc.Arbitrary<Message>;
const run = { seed: SEED, numRuns: 100 };

test(`any message of all field types comes back from its own bytes (seed ${SEED})`, () => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      expect(AllTypes.decode(AllTypes.encode(message))).toEqual(message);
    }),
    run,
  );
});

test(`protobufjs reads what we write, and we read what it writes (seed ${SEED})`, () => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const theirs = oracle.encode(oracle.fromObject(toOracle(AllTypes.generated.table, message))).finish();
      const ours = AllTypes.encode(message);
      expect(AllTypes.decode(theirs)).toEqual(message);
      const read = oracle.decode(ours);
      expect(AllTypes.decode(oracle.encode(read).finish())).toEqual(message);
    }),
    run,
  );
});

test(`bytes with any bit flipped decode, or are refused with a ProtocolError that has an offset within them (seed ${SEED})`, () => {
  fc.assert(
    fc.property(arbitrary, fc.nat(), fc.nat({ max: 7 }), (message, at, bit) => {
      const bytes = AllTypes.encode(message).slice();
      if (bytes.length === 0) return;
      bytes[at % bytes.length] ^= 1 << bit;
      try {
        AllTypes.encode(AllTypes.decode(bytes));
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProtocolError', code: 'MALFORMED_PAYLOAD' });
        const { offset } = error as { offset: number };
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(bytes.length);
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
});
