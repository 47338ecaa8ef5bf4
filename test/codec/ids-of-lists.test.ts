// Readers test the ids of packed lists while the bytes are at hand, in lists of every form: no way of writing a list hides an id below 1.
import { describe, expect, test } from 'vitest';
import { isProtocolError } from '../../src/errors.js';
import { decodeFrame, GroupMessage } from '../../src/index.js';

const PACKED = 0x1a;
const SINGLE = 0x19;

const REST = GroupMessage.encode({
  sender: { userId: 1n, terminal: 1 },
  groupId: 2n,
  content: { messageId: 3n, body: { $case: 'text', value: { text: 'hi' } } },
});

function bytesOf(ids: readonly bigint[]): number[] {
  return [...new Uint8Array(BigInt64Array.from(ids).buffer)];
}

const packed = (ids: readonly bigint[]): number[] => [PACKED, ids.length * 8, ...bytesOf(ids)];
const single = (ids: readonly bigint[]): number[] => ids.flatMap((id) => [SINGLE, ...bytesOf([id])]);

/** A frame of a GroupMessage with these pieces of `receiver_ids` after its other fields. */
function frame(...pieces: readonly number[][]): Uint8Array {
  const payload = [...REST, ...pieces.flat()];
  const length = payload.length + 4;
  return Uint8Array.from([0, 0, length >> 8, length & 255, 1, 6, 0, 0, ...payload]);
}

/** The paths of the issues; empty = valid. */
function brokenPaths(bytes: Uint8Array): string[] {
  try {
    decodeFrame(bytes);
    return [];
  } catch (error) {
    if (!isProtocolError(error, 'INVALID_MESSAGE')) throw error;
    return error.issues!.map(({ path, rule }) => `${path} ${rule}`);
  }
}

const FORMS: Readonly<Record<string, (ids: readonly bigint[]) => Uint8Array>> = {
  'one packed list': (ids) => frame(packed(ids)),
  'two packed lists': (ids) => frame(packed(ids.slice(0, 9)), packed(ids.slice(9))),
  'a short and a long packed list': (ids) => frame(packed(ids.slice(0, 2)), packed(ids.slice(2))),
  'single elements': (ids) => frame(single(ids)),
  'a packed list and single elements': (ids) => frame(packed(ids.slice(0, 9)), single(ids.slice(9))),
  'single elements and a packed list': (ids) => frame(single(ids.slice(0, 1)), packed(ids.slice(1))),
};

describe.each(Object.entries(FORMS))('%s', (_, write) => {
  test.each([1, 7, 8, 12])('%i ids of 1 and more are valid', (count) => {
    const ids = Array.from({ length: count }, (_, i) => (i === 0 ? 1n : 2n ** 62n + BigInt(i)));
    expect(brokenPaths(write(ids))).toEqual([]);
  });

  test.each([0n, -1n, -(2n ** 63n), -(2n ** 32n)])('%i at any place breaks the rule', (bad) => {
    for (const count of [1, 2, 7, 8, 12]) {
      for (let at = 0; at < count; at++) {
        const ids = Array.from({ length: count }, (_, i) => (i === at ? bad : 2n ** 32n + BigInt(i)));
        expect(brokenPaths(write(ids))).toEqual([`receiverIds[${at}] min`]);
      }
    }
  });

  test('all of them are reported', () => {
    expect(brokenPaths(write(Array.from({ length: 12 }, () => 0n)))).toHaveLength(12);
  });
});
