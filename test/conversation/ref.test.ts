import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ConversationRef, type ConversationRefInit } from '../../generated/models.js';
import {
  conversationKey,
  groupRef,
  isKnownConversation,
  isSameConversation,
  parseConversationKey,
  peerOf,
  privateRef,
  roomRef,
} from '../../src/conversation/ref.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const LARGEST = 2n ** 63n - 1n;
const ids = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: LARGEST }));
/** Field 4 = 9: a kind of a later version. */
const unknown = ConversationRef.decode(new Uint8Array([0x20, 9]));

const refs: fc.Arbitrary<ConversationRef> = fc.oneof(
  fc.tuple(ids, ids).map(([a, b]) => privateRef(a, b)),
  ids.map(groupRef),
  ids.map(roomRef),
  fc.integer({ min: 0, max: 127 }).map((value) => ConversationRef.decode(new Uint8Array([0x20, value]))),
);

describe('refs', () => {
  it.each([1n, LARGEST])('of the id %s', (id) => {
    expect(ConversationRef.check(privateRef(id, 5n))).toEqual([]);
    expect(groupRef(id)).toEqual({ kind: { $case: 'groupId', value: id } });
    expect(roomRef(id)).toEqual({ kind: { $case: 'roomId', value: id } });
  });

  it.each([0n, -1n, LARGEST + 1n])('refuse the id %s', (id) => {
    for (const make of [() => privateRef(id, 5n), () => privateRef(5n, id), () => groupRef(id), () => roomRef(id)]) {
      expect(thrownBy(make).code).toBe('INVALID_MESSAGE');
    }
  });

  test('of two users are the same in both orders, the lower id first', () => {
    const value = { lowerId: 9n, higherId: 10n };
    expect(privateRef(10n, 9n)).toEqual({ kind: { $case: 'private', value } });
    expect(privateRef(9n, 10n)).toEqual(privateRef(10n, 9n));
    expect(privateRef(9n, 9n)).toEqual({ kind: { $case: 'private', value: { lowerId: 9n, higherId: 9n } } });
  });

  test('know the other user of a pair', () => {
    expect(peerOf(privateRef(1n, 2n), 1n)).toBe(2n);
    expect(peerOf(privateRef(1n, 2n), 2n)).toBe(1n);
    expect(peerOf(privateRef(3n, 3n), 3n)).toBe(3n);
    expect(peerOf(privateRef(1n, 2n), 3n)).toBeUndefined();
    expect(peerOf(groupRef(1n), 1n)).toBeUndefined();
    expect(peerOf(unknown, 1n)).toBeUndefined();
  });
});

describe('keys', () => {
  it.each<[string, ConversationRefInit]>([
    ['p_9_10', privateRef(10n, 9n)],
    ['g_7', groupRef(7n)],
    ['r_7', roomRef(7n)],
    [`p_1_${LARGEST}`, privateRef(LARGEST, 1n)],
    ['x_2009', unknown],
  ])('%s', (key, ref) => {
    expect(conversationKey(ref)).toBe(key);
    expect(parseConversationKey(key)).toEqual(ref);
  });

  it.each([
    '',
    'p_2_1',
    'p_0_1',
    'p_1',
    'p_1_2_3',
    'p_01_2',
    'g_0',
    'g_-1',
    'g_ 1',
    'g_1\n',
    `g_${LARGEST + 1n}`,
    'u_1',
    'r_',
    'x_',
    'x_2',
    // Field 20, which is no kind; a group, whose key is g_7; no protobuf; upper case.
    'x_a00101',
    'x_1007',
    'x_ff',
    'x_200A',
  ])('%j is not a key', (key) => {
    expect(parseConversationKey(key)).toBeUndefined();
  });

  it.each<[string, ConversationRefInit]>([
    ['no kind', {}],
    ['ids of the wrong order', { kind: { $case: 'private', value: { lowerId: 2n, higherId: 1n } } }],
    ['an id of 0', { kind: { $case: 'groupId', value: 0n } }],
  ])('are not made of a ref with %s', (_what, ref) => {
    expect(thrownBy(() => conversationKey(ref)).code).toBe('INVALID_MESSAGE');
  });

  test('of random refs lead back to them, and are equal for equal bytes alone', () => {
    fc.assert(
      fc.property(refs, refs, (a, b) => {
        expect(parseConversationKey(conversationKey(a))).toEqual(a);
        const isEqual = Buffer.compare(ConversationRef.encode(a), ConversationRef.encode(b)) === 0;
        expect(isSameConversation(a, b)).toBe(isEqual);
      }),
      { seed: SEED },
    );
  });
});

test('a ref of an unknown kind is kept', () => {
  expect(isKnownConversation(unknown)).toBe(false);
  expect(isKnownConversation(groupRef(1n))).toBe(true);
  const again = parseConversationKey(conversationKey(unknown)) as ConversationRef;
  expect([...ConversationRef.encode(again)]).toEqual([0x20, 9]);
});
