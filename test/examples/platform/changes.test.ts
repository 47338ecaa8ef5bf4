// Recall, edit and reaction, and what SYNC and HISTORY show afterwards.
import type { ContentInit } from '@im/protocol';
import { groupRef, privateRef } from '@im/protocol/conversation';
import { expect, it } from 'vitest';
import { history, line, sync, text, toGroup, toUser } from './say.js';
import { ALICE, BOB, CHEN, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);
const LIMITS = { recallMs: 1000, editMs: 2000, typingGroupSize: 3 };

let lastId = 0;
const change = (body: ContentInit['body'], fallback = ''): ContentInit => ({ clientMessageId: `x${++lastId}`, fallback, body });
const recall = (messageId: bigint) => change({ $case: 'recall', value: { messageId, reason: 'a typo' } });
const edit = (messageId: bigint, words: string) =>
  change({ $case: 'edit', value: { messageId, content: { body: { $case: 'text', value: { text: words } } } } }, `* ${words}`);
const reaction = (messageId: bigint, key: string, removed = false) =>
  change({ $case: 'reaction', value: { messageId, key, removed } });

async function conversation() {
  const world = new World({ limits: LIMITS });
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const { messageId } = await toUser(world, alice, BOB, text('first'));
  return { world, alice, bob, messageId };
}

it('takes a recall and an edit of the sender alone', async () => {
  const { world, bob, messageId } = await conversation();
  await expect(toUser(world, bob, ALICE, recall(messageId))).rejects.toThrow('PERMISSION_DENIED: only the sender recalls');
  await expect(toUser(world, bob, ALICE, edit(messageId, 'x'))).rejects.toThrow('PERMISSION_DENIED: only the sender edits');
});

it.each([
  ['recall', recall, 1000],
  ['edit', (id: bigint) => edit(id, 'x'), 2000],
] as const)('takes a %s until its time is over', async (_name, of, limitMs) => {
  const { world, alice, messageId } = await conversation();
  world.nowMs += limitMs + 1;
  await expect(toUser(world, alice, BOB, of(messageId))).rejects.toThrow(/^TOO_LATE: .* for \d+ ms, this one is \d+ ms old$/);
  world.nowMs -= 1;
  expect(await toUser(world, alice, BOB, of(messageId))).toMatchObject({ seq: 2n });
});

it('answers a recall that is sent again as before, although it would be too late now', async () => {
  const { world, alice, messageId } = await conversation();
  const content = recall(messageId);
  const first = await toUser(world, alice, BOB, content);
  world.nowMs += 5000;
  expect(await toUser(world, alice, BOB, content)).toEqual(first);
});

it('changes messages of the same conversation alone, which the user may see', async () => {
  const { world, alice, messageId } = await conversation();
  const elsewhere = toUser(world, alice, CHEN, recall(messageId));
  await expect(elsewhere).rejects.toThrow('PERMISSION_DENIED: the conversation has no such message');
  await world.storage.addMember(groupRef(TEAM), ALICE);
  const before = await toGroup(world, alice, TEAM, text('before chen'));
  await world.storage.addMember(groupRef(TEAM), CHEN);
  const chen = world.online(CHEN);
  await expect(toGroup(world, chen, TEAM, reaction(before.messageId, '👍'))).rejects.toThrow('has no such message');
});

it('does not change a recalled message, nor a change', async () => {
  const { world, alice, bob, messageId } = await conversation();
  const { messageId: recallId } = await toUser(world, alice, BOB, recall(messageId));
  for (const late of [recall(messageId), edit(messageId, 'x')]) {
    await expect(toUser(world, alice, BOB, late)).rejects.toThrow('TOO_LATE: the message was recalled');
  }
  await expect(toUser(world, bob, ALICE, reaction(messageId, '👍'))).rejects.toThrow('TOO_LATE: the message was recalled');
  await expect(toUser(world, alice, BOB, recall(recallId))).rejects.toThrow('a message with the body recall cannot be changed');
});

it('counts the edits of a message', async () => {
  const { world, alice, bob, messageId } = await conversation();
  await toUser(world, alice, BOB, edit(messageId, 'second'));
  await toUser(world, alice, BOB, edit(messageId, 'third'));
  const revisions = world.pushes(bob).map(({ data }) => {
    const body = data?.$case === 'privateMessage' ? data.value.content?.body : undefined;
    return body?.$case === 'edit' ? body.value.revision : 0;
  });
  expect(revisions).toEqual([0, 1, 2]);
});

it('counts the users with a reaction, each once', async () => {
  const { world, alice, bob, messageId } = await conversation();
  world.pushes(alice);
  const send = async (device: typeof alice, other: bigint, ...of: [string, boolean?]) => {
    await toUser(world, device, other, reaction(messageId, ...of));
    const [{ data }] = world.pushes(device === alice ? bob : alice).slice(-1);
    const body = data?.$case === 'privateMessage' ? data.value.content?.body : undefined;
    return body?.$case === 'reaction' ? body.value.count : -1;
  };
  expect(await send(bob, ALICE, '👍')).toBe(1);
  expect(await send(bob, ALICE, '👍')).toBe(1);
  expect(await send(alice, BOB, '👍')).toBe(2);
  expect(await send(alice, BOB, '🎉')).toBe(1);
  expect(await send(bob, ALICE, '👍', true)).toBe(1);
  expect(await send(alice, BOB, '👍', true)).toBe(0);
});

it('gives a message by HISTORY as it was edited, with the last edit and each reaction', async () => {
  const { world, alice, bob, messageId } = await conversation();
  await toUser(world, alice, BOB, edit(messageId, 'second'));
  await toUser(world, bob, ALICE, reaction(messageId, '👍'));
  await toUser(world, alice, BOB, edit(messageId, 'third'));
  const page = await history(world, bob, { conversation: PAIR, beforeSeq: 2n });
  expect(page.pushes.map(line)).toEqual(['PRIVATE_MESSAGE 1 third']);
  expect(page.changes.map(line)).toEqual(['PRIVATE_MESSAGE 4 [edit] * third', 'PRIVATE_MESSAGE 3 [reaction]']);
});

it('gives nothing of a recalled message any more: not its text, not that of its edits, not that of quotes', async () => {
  const { world, alice, bob } = await conversation();
  const { messageId } = await toUser(world, alice, BOB, text('a secret'));
  await toUser(world, alice, BOB, edit(messageId, 'a greater secret'));
  await toUser(world, bob, ALICE, text('what?', { quote: { messageId, senderId: ALICE } }));
  await toUser(world, alice, BOB, recall(messageId));
  const page = await history(world, bob, { conversation: PAIR });
  expect(page.pushes.map(line)).toEqual([
    'PRIVATE_MESSAGE 1 first',
    'PRIVATE_MESSAGE 2 [recall]',
    'PRIVATE_MESSAGE 4 what?',
    'PRIVATE_MESSAGE 5 [recall]',
  ]);
  const cursor = (await sync(world, world.online(CHEN))).cursor;
  expect(cursor.length).toBeGreaterThan(0);
  const everything = JSON.stringify([page, await world.storage.message(messageId)], (_key, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  // Only in the storage itself.
  expect(everything.match(/secret/g)).toHaveLength(1);
});
