import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { Command, type ContentInit, type PushInit } from '../../generated/models.js';
import { latestChanges } from '../../src/conversation/changes.js';
import { SEED } from '../seed.js';

type Body = NonNullable<ContentInit['body']>;

function push(seq: bigint, $case: Body['$case'], value: object): PushInit {
  const content = { seq, messageId: seq + 1000n, body: { $case, value } as Body };
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { groupId: 7n, content } } };
}
const edit = (seq: bigint, messageId: bigint, revision: number): PushInit => push(seq, 'edit', { messageId, revision });
const recall = (seq: bigint, messageId: bigint): PushInit => push(seq, 'recall', { messageId });
const reaction = (seq: bigint, messageId: bigint, key: string): PushInit => push(seq, 'reaction', { messageId, key });

it('keeps the last Edit, the Recall, and one Reaction for each key, by message', () => {
  const pushes = [
    push(1n, 'text', { text: 'hi' }),
    reaction(2n, 5n, 'a'),
    edit(3n, 5n, 1),
    edit(4n, 5n, 2),
    reaction(5n, 5n, 'b'),
    reaction(6n, 5n, 'a'),
    recall(7n, 5n),
    reaction(8n, 6n, 'a'),
    // The recalled form of a message of this conversation.
    recall(9n, 1009n),
    { cmd: Command.READ, data: { $case: 'read', value: {} } } satisfies PushInit,
  ];
  const expected = new Map([
    [5n, [pushes[3], pushes[6], pushes[4], pushes[5]]],
    [6n, [pushes[7]]],
  ]);
  expect(latestChanges(pushes)).toEqual(expected);
});

it('takes the highest revision of an Edit, whatever its seq', () => {
  expect(latestChanges([edit(9n, 5n, 2), edit(10n, 5n, 1)]).get(5n)).toEqual([edit(9n, 5n, 2)]);
});

test('the order of pushes does not matter', () => {
  const one = fc.record({
    kind: fc.nat(2),
    messageId: fc.bigInt({ min: 1n, max: 2n }),
    key: fc.constantFrom('a', 'b'),
    revision: fc.nat(3),
  });
  const lists = fc.array(one, { maxLength: 12 }).map((list) => {
    const pushes = list.map(({ kind, messageId, key, revision }, i) => {
      const seq = BigInt(i + 1);
      if (kind === 0) return edit(seq, messageId, revision * 100 + i);
      return kind === 1 ? recall(seq, messageId) : reaction(seq, messageId, key);
    });
    return pushes;
  });
  fc.assert(
    fc.property(lists, fc.infiniteStream(fc.nat()), (pushes, keys) => {
      const ranks = new Map(pushes.map((one) => [one, keys.next().value as number]));
      const shuffled = pushes.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
      expect(latestChanges(shuffled)).toEqual(latestChanges(pushes));
      expect(latestChanges([...pushes, ...shuffled])).toEqual(latestChanges(pushes));
    }),
    { seed: SEED },
  );
});
