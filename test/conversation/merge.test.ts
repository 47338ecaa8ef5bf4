import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ConversationState, type ConversationStateInit, ReadPosition, type ReadPositionInit } from '../../generated/models.js';
import {
  mergeConversationStates,
  mergeReadPositions,
  resolveReadPosition,
  updateConversationState,
} from '../../src/conversation/merge.js';
import { groupRef } from '../../src/conversation/ref.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const conversation = groupRef(7n);
const reader = { userId: 5n, terminal: 1 };
const state = (init: ConversationStateInit): ConversationState => ConversationState.create({ conversation, ...init });
const position = (init: ReadPositionInit): ReadPosition => ReadPosition.create({ conversation, reader, ...init });

// Few values, so that equal revisions and positions with different rests occur.
const few = fc.bigInt({ min: 0n, max: 3n });
const count = fc.integer({ min: 0, max: 3 });
/** Fields of a later version. */
const unknown = fc.constantFrom([], [0xf8, 0x0f, 1], [0xf8, 0x0f, 2], [0xf8, 0x0f, 1, 0xf8, 0x0f, 0]);
const states = fc
  .record({
    revision: few,
    lastSeq: few,
    firstSeq: few,
    readSeq: few,
    unreadCount: count,
    unreadMentions: count,
    firstMentionSeq: few,
    mutedUntilMs: few,
    pinnedAtMs: few,
    hidden: fc.boolean(),
    activeAtMs: few,
  })
  .chain((init) =>
    unknown.map((bytes) => ConversationState.decode(Uint8Array.of(...ConversationState.encode(state(init)), ...bytes))),
  );
const positions = fc
  .record({
    reader: fc.record({ userId: fc.constant(5n), terminal: fc.integer({ min: 1, max: 3 }) }),
    upToSeq: few,
    upToMessageId: few,
    readAtMs: few,
    quietly: fc.boolean(),
    unreadCount: count,
  })
  .map(position);

/** Any order, any grouping, any number of times. */
function expectAlgebra<T>(values: fc.Arbitrary<T>, merge: (a: T, b: T) => T): void {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(merge(a, b)).toEqual(merge(b, a));
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
      expect(merge(a, a)).toEqual(a);
      expect(merge(merge(a, b), b)).toEqual(merge(a, b));
    }),
    { seed: SEED, numRuns: 2000 },
  );
}

describe('mergeConversationStates', () => {
  test('is commutative, associative and idempotent', () => {
    expectAlgebra(states, mergeConversationStates);
  });

  test('random states: each value is that of the rule', () => {
    const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
    fc.assert(
      fc.property(states, states, (a, b) => {
        const merged = mergeConversationStates(a, b);
        expect(merged.lastSeq).toBe(max(a.lastSeq, b.lastSeq));
        expect(merged.readSeq).toBe(max(a.readSeq, b.readSeq));
        expect(merged.activeAtMs).toBe(max(a.activeAtMs, b.activeAtMs));
        expect(merged.revision).toBe(max(a.revision, b.revision));
        if (a.revision === b.revision) return;
        const { firstSeq, mutedUntilMs, pinnedAtMs, hidden } = a.revision > b.revision ? a : b;
        expect(merged).toMatchObject({ firstSeq, mutedUntilMs, pinnedAtMs, hidden });
      }),
      { seed: SEED },
    );
  });

  it('takes the counts of the higher read position', () => {
    const before = state({ lastSeq: 10n, readSeq: 5n, unreadCount: 5, unreadMentions: 1, firstMentionSeq: 6n });
    const after = state({ lastSeq: 10n, readSeq: 10n });
    expect(mergeConversationStates(before, after)).toEqual(after);
    const later = state({ lastSeq: 12n, readSeq: 10n, unreadCount: 2 });
    expect(mergeConversationStates(later, after)).toEqual(later);
  });

  it('refuses states of two conversations', () => {
    const other = ConversationState.create({ conversation: groupRef(8n) });
    expect(thrownBy(() => mergeConversationStates(state({}), other))).toMatchObject({
      code: 'INVALID_MESSAGE',
      path: 'conversation',
      message: '[INVALID_MESSAGE] conversation: expected two of one conversation',
    });
  });
});

describe('updateConversationState', () => {
  const present = state({ revision: 4n, lastSeq: 9n, mutedUntilMs: 1n, pinnedAtMs: 2n, unreadCount: 3 });

  it('sets all three values, and nothing else of what a client says', () => {
    const update = state({ revision: 4n, pinnedAtMs: 5n, hidden: true, lastSeq: 99n, firstSeq: 99n, unreadCount: 99 });
    const expected = { ...present, revision: 5n, mutedUntilMs: 0n, pinnedAtMs: 5n, hidden: true };
    expect(updateConversationState(present, update)).toEqual(expected);
  });

  it.each([3n, 5n, 0n])('changes nothing with the revision %s', (revision) => {
    expect(updateConversationState(present, state({ revision, hidden: true }))).toBe(present);
  });

  it('keeps the revision where no value differs', () => {
    expect(updateConversationState(present, state({ revision: 4n, mutedUntilMs: 1n, pinnedAtMs: 2n }))).toBe(present);
  });
});

describe('resolveReadPosition', () => {
  it.each<[ReadPositionInit, bigint, bigint, bigint]>([
    [{ upToSeq: 9n }, 10n, 9n, 0n],
    [{ upToSeq: 10n }, 10n, 10n, 0n],
    [{ upToSeq: 11n }, 10n, 10n, 0n],
    [{ upToSeq: 2n ** 63n - 1n }, 0n, 0n, 0n],
    // With both, the seq counts, and the id is dropped.
    [{ upToSeq: 3n, upToMessageId: 900n }, 10n, 3n, 0n],
    [{ upToMessageId: 900n }, 10n, 7n, 900n],
    [{ upToMessageId: 900n }, 5n, 5n, 900n],
  ])('%o in a conversation up to %s', (init, lastSeq, upToSeq, upToMessageId) => {
    const resolved = resolveReadPosition(position(init), lastSeq, 7n);
    expect(resolved).toEqual(position({ upToSeq, upToMessageId }));
  });

  it('gives an unknown message no seq', () => {
    expect(resolveReadPosition(position({ upToMessageId: 900n }), 10n).upToSeq).toBe(0n);
  });
});

describe('mergeReadPositions', () => {
  test('is commutative, associative and idempotent, and never goes back', () => {
    expectAlgebra(positions, mergeReadPositions);
    fc.assert(
      fc.property(positions, positions, (a, b) => {
        const merged = mergeReadPositions(a, b);
        expect([a, b]).toContain(merged);
        expect(merged.upToSeq).toBe(a.upToSeq > b.upToSeq ? a.upToSeq : b.upToSeq);
      }),
      { seed: SEED },
    );
  });

  it('returns the present position where a new one changes nothing', () => {
    const present = position({ upToSeq: 5n, readAtMs: 100n });
    expect(mergeReadPositions(present, position({ upToSeq: 4n, readAtMs: 200n }))).toBe(present);
    expect(mergeReadPositions(present, position({ upToSeq: 5n, readAtMs: 200n }))).toBe(present);
    const higher = position({ upToSeq: 6n, readAtMs: 50n });
    expect(mergeReadPositions(present, higher)).toBe(higher);
  });

  it('refuses positions of two users or conversations', () => {
    const other = position({ reader: { userId: 6n, terminal: 1 } });
    expect(thrownBy(() => mergeReadPositions(position({}), other))).toMatchObject({ code: 'INVALID_MESSAGE', path: 'reader' });
    const elsewhere = position({ conversation: groupRef(8n) });
    expect(thrownBy(() => mergeReadPositions(position({}), elsewhere)).path).toBe('conversation');
  });
});
