// Read positions, unread counts, states and deletions of a user.
import { Command, type ConversationState, type ConversationStateInit, Terminal } from '@im/protocol';
import { conversationKey, groupRef, privateRef } from '@im/protocol/conversation';
import { beforeEach, expect, it } from 'vitest';
import { history, line, sync, text, toGroup, toUser } from './say.js';
import { ALICE, BOB, CHEN, type Device, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);
const GROUP = groupRef(TEAM);

let world: World;
let alice: Device;
let bob: Device;
let bobWeb: Device;

beforeEach(async () => {
  world = new World();
  [alice, bob, bobWeb] = [world.online(ALICE), world.online(BOB), world.online(BOB, Terminal.WEB)];
});

async function read(device: Device, conversation: object, upTo: object) {
  const value = { conversation, reader: { userId: device.userId, terminal: device.terminal }, ...upTo };
  const data = await world.request(device, Command.READ, { $case: 'read', value });
  if (data?.$case !== 'read') throw new Error('not a position');
  return data.value;
}

async function stateOf(device: Device, conversation = PAIR): Promise<ConversationState> {
  const { truncated } = await sync(world, device);
  const key = conversationKey(conversation);
  return truncated.find((state) => conversationKey(state.conversation!) === key)!;
}

function pushed(device: Device, cmd: Command) {
  return world.pushes(device).filter((push) => push.cmd === cmd);
}

it('counts what a user has not read, without what the user wrote and what does not count', async () => {
  const { messageId } = await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, BOB, text('two'));
  await toUser(world, bob, ALICE, text('mine'));
  await toUser(world, alice, BOB, { body: { $case: 'reaction', value: { messageId, key: '👍' } } });
  await toUser(world, alice, BOB, text('uncounted', { hints: { uncounted: true } }));
  expect(await stateOf(bob)).toMatchObject({ lastSeq: 5n, readSeq: 0n, unreadCount: 2 });
  expect(await stateOf(alice)).toMatchObject({ unreadCount: 1 });
  await toUser(world, alice, BOB, { body: { $case: 'recall', value: { messageId } } });
  expect(await stateOf(bob)).toMatchObject({ unreadCount: 1 });
});

it('counts mentions', async () => {
  for (const userId of [ALICE, BOB, CHEN]) await world.storage.addMember(GROUP, userId);
  await toGroup(world, alice, TEAM, text('one'));
  await toGroup(world, alice, TEAM, text('@chen'), { mentionedIds: [CHEN] });
  await toGroup(world, alice, TEAM, text('@bob'), { mentionedIds: [BOB] });
  await toGroup(world, alice, TEAM, text('@all'), { mentionEveryone: true });
  await toGroup(world, alice, TEAM, text('not for bob'), { receiverIds: [CHEN] });
  expect(await stateOf(bob, GROUP)).toMatchObject({ unreadCount: 4, unreadMentions: 2, firstMentionSeq: 3n });
});

it('answers READ with the position that counts: the highest, cut to the last message', async () => {
  for (let i = 1; i <= 5; i++) await toUser(world, alice, BOB, text(`m${i}`));
  expect(await read(bob, PAIR, { upToSeq: 3n })).toMatchObject({ upToSeq: 3n, unreadCount: 2 });
  expect(await read(bob, PAIR, { upToSeq: 2n })).toMatchObject({ upToSeq: 3n, unreadCount: 2 });
  const { messageId } = (await world.storage.lastMessage(conversationKey(PAIR)))!;
  expect(await read(bob, PAIR, { upToSeq: 99n })).toMatchObject({ upToSeq: 5n, upToMessageId: messageId, unreadCount: 0 });
  expect(await stateOf(bob)).toMatchObject({ readSeq: 5n, unreadCount: 0 });
});

it('takes a position by message_id, also one between two messages', async () => {
  const { messageId } = await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, CHEN, text('elsewhere'));
  await toUser(world, alice, BOB, text('two'));
  expect(await read(bob, PAIR, { upToMessageId: messageId + 2n })).toMatchObject({ upToSeq: 1n, upToMessageId: messageId });
});

it('has nothing to read where there is no message', async () => {
  await expect(read(bob, PAIR, { upToSeq: 1n })).rejects.toThrow('INVALID_MESSAGE: the conversation has no message up to this');
});

it('sends a position to the other terminals of the reader, and in a private conversation to the other user', async () => {
  await toUser(world, alice, BOB, text('one'));
  await read(bob, PAIR, { upToSeq: 1n });
  expect(pushed(bob, Command.READ)).toEqual([]);
  expect(pushed(bobWeb, Command.READ)).toMatchObject([{ data: { value: { upToSeq: 1n, unreadCount: 0 } } }]);
  expect(pushed(alice, Command.READ)).toMatchObject([{ data: { value: { upToSeq: 1n, reader: { userId: BOB } } } }]);
  // What changes nothing is not sent.
  await read(bobWeb, PAIR, { upToSeq: 1n });
  expect([...pushed(bob, Command.READ), ...pushed(alice, Command.READ)]).toEqual([]);
});

it('keeps the unread count of a reader from the other user', async () => {
  await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, BOB, text('two'));
  await read(bob, PAIR, { upToSeq: 1n });
  expect(pushed(bobWeb, Command.READ)).toMatchObject([{ data: { value: { unreadCount: 1 } } }]);
  expect(pushed(alice, Command.READ)).toMatchObject([{ data: { value: { unreadCount: 0 } } }]);
});

it('tells the other user nothing of a quiet position, until the user reads openly', async () => {
  await toUser(world, alice, BOB, text('one'));
  await read(bob, PAIR, { upToSeq: 1n, quietly: true });
  expect(pushed(bobWeb, Command.READ)).toHaveLength(1);
  expect(pushed(alice, Command.READ)).toEqual([]);
  await read(bob, PAIR, { upToSeq: 1n });
  expect(pushed(alice, Command.READ)).toHaveLength(1);
});

it('never sends READ to a group', async () => {
  for (const userId of [ALICE, BOB]) await world.storage.addMember(GROUP, userId);
  await toGroup(world, alice, TEAM, text('one'));
  await read(bob, GROUP, { upToSeq: 1n });
  expect(pushed(alice, Command.READ)).toEqual([]);
  expect(pushed(bobWeb, Command.READ)).toHaveLength(1);
});

it('tells a new device how far the other user has read, as far as it may know', async () => {
  await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, BOB, text('two'));
  await read(bob, PAIR, { upToSeq: 1n });
  await read(bob, PAIR, { upToSeq: 2n, quietly: true });
  const page = await sync(world, world.online(ALICE, Terminal.PC));
  expect(page.pushes).toMatchObject([{ cmd: Command.READ, data: { value: { upToSeq: 1n, unreadCount: 0 } } }]);
  expect(page.truncated).toHaveLength(1);
});

it('keeps positions for devices that are offline, the newest alone', async () => {
  const { cursor } = await sync(world, bobWeb);
  for (let i = 1; i <= 3; i++) await toUser(world, alice, BOB, text(`m${i}`));
  await read(bob, PAIR, { upToSeq: 1n });
  await read(bob, PAIR, { upToSeq: 2n });
  const { pushes } = await sync(world, bobWeb, { cursor });
  expect(pushes.slice(3)).toMatchObject([{ cmd: Command.READ, data: { value: { upToSeq: 2n } } }]);
});

it('speaks with clients of version 1 in ReadReceipts, both ways', async () => {
  const old = world.online(ALICE, Terminal.PC, 1);
  const { messageId } = await toUser(world, bob, ALICE, text('one'));
  world.pushes(old);
  const receipt = { body: { $case: 'read', value: { upToMessageId: messageId } } } as const;
  expect(await toUser(world, old, BOB, receipt)).toMatchObject({ messageId: 0n, seq: 0n });
  expect(pushed(bob, Command.READ)).toMatchObject([{ data: { value: { upToSeq: 1n, reader: { userId: ALICE } } } }]);
  expect(pushed(alice, Command.READ)).toMatchObject([{ data: { value: { upToSeq: 1n } } }]);

  const { messageId: second } = await toUser(world, alice, BOB, text('two'));
  world.pushes(old);
  await read(bob, PAIR, { upToSeq: 2n });
  const [{ cmd, data }, ...others] = world.pushes(old);
  expect(others).toEqual([]);
  expect(cmd).toBe(Command.PRIVATE_MESSAGE);
  expect(data?.$case === 'privateMessage' && data.value).toMatchObject({
    sender: { userId: BOB },
    content: { seq: 0n, body: { $case: 'read', value: { upToMessageId: second } } },
  });
});

async function set(device: Device, state: ConversationStateInit) {
  const data = await world.request(device, Command.CONVERSATION, {
    $case: 'conversation',
    value: { conversation: PAIR, ...state },
  });
  if (data?.$case !== 'conversation') throw new Error('not a state');
  return data.value;
}

it('keeps what the user sets, and tells the other terminals', async () => {
  await toUser(world, alice, BOB, text('one'));
  const { cursor } = await sync(world, bobWeb);
  const state = await set(bob, { revision: 0n, pinnedAtMs: 1_700_000_000_001n, mutedUntilMs: 5n });
  expect(state).toMatchObject({ revision: 1n, pinnedAtMs: 1_700_000_000_001n, mutedUntilMs: 5n, lastSeq: 1n, unreadCount: 1 });
  expect(pushed(bobWeb, Command.CONVERSATION)).toMatchObject([{ data: { value: { revision: 1n } } }]);
  expect(pushed(bob, Command.CONVERSATION)).toEqual([]);
  expect((await sync(world, bobWeb, { cursor })).pushes).toMatchObject([{ cmd: Command.CONVERSATION }]);
  expect(await stateOf(alice)).toMatchObject({ revision: 0n, pinnedAtMs: 0n });
});

it('answers a device that knew an older revision with the present state, and changes nothing', async () => {
  await toUser(world, alice, BOB, text('one'));
  await set(bob, { revision: 0n, pinnedAtMs: 9n });
  world.pushes(bob);
  expect(await set(bobWeb, { revision: 0n, hidden: true })).toMatchObject({ revision: 1n, pinnedAtMs: 9n, hidden: false });
  expect(pushed(bob, Command.CONVERSATION)).toEqual([]);
  expect(await set(bobWeb, { revision: 1n, hidden: true })).toMatchObject({ revision: 2n, pinnedAtMs: 0n, hidden: true });
});

it('shows a hidden conversation with its next message', async () => {
  await toUser(world, alice, BOB, text('one'));
  await set(bob, { revision: 0n, hidden: true });
  world.pushes(bob);
  await toUser(world, alice, BOB, text('two'));
  expect(pushed(bob, Command.CONVERSATION)).toMatchObject([{ data: { value: { hidden: false, revision: 2n } } }]);
});

async function deleteForMe(device: Device, what: object) {
  await world.request(device, Command.DELETE_FOR_ME, { $case: 'deleteForMe', value: { conversation: PAIR, ...what } });
}

it('deletes messages for one user, on all terminals, and not for the others', async () => {
  const { cursor } = await sync(world, bobWeb);
  const { messageId } = await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, BOB, text('two'));
  const elsewhere = await toUser(world, bob, CHEN, text('elsewhere'));
  await deleteForMe(bob, { messageIds: [messageId, elsewhere.messageId] });
  expect(pushed(bobWeb, Command.DELETE_FOR_ME)).toHaveLength(1);
  expect((await history(world, bob, { conversation: PAIR })).pushes.map(line)).toEqual(['PRIVATE_MESSAGE 2 two']);
  expect((await history(world, bob, { conversation: privateRef(BOB, CHEN) })).pushes).toHaveLength(1);
  expect((await history(world, alice, { conversation: PAIR })).pushes).toHaveLength(2);
  expect(await stateOf(bob)).toMatchObject({ unreadCount: 1 });
  const { pushes } = await sync(world, bobWeb, { cursor });
  expect(pushes.map(line)).toEqual(['PRIVATE_MESSAGE 2 two', 'PRIVATE_MESSAGE 1 elsewhere', 'DELETE_FOR_ME']);
});

it('clears a conversation up to a message, and no further than there are messages', async () => {
  for (let i = 1; i <= 3; i++) await toUser(world, alice, BOB, text(`m${i}`));
  await deleteForMe(bob, { upToSeq: 2n });
  expect(await stateOf(bob)).toMatchObject({ firstSeq: 3n, revision: 1n, unreadCount: 1 });
  expect(pushed(bob, Command.CONVERSATION)).toMatchObject([{ data: { value: { firstSeq: 3n } } }]);
  await deleteForMe(bob, { upToSeq: 999n });
  await toUser(world, alice, BOB, text('m4'));
  expect((await history(world, bob, { conversation: PAIR })).pushes.map(line)).toEqual(['PRIVATE_MESSAGE 4 m4']);
});

it('goes on counting revisions where a user comes back to a group', async () => {
  const member = await world.storage.addMember(GROUP, BOB);
  await world.storage.saveMember({ ...member, revision: 6n });
  await world.storage.removeMember(conversationKey(GROUP), BOB);
  expect(await world.storage.addMember(GROUP, BOB)).toMatchObject({ revision: 7n });
});

it('counts who has received and read a message whose sender wants to know', async () => {
  for (const userId of [ALICE, BOB, CHEN]) await world.storage.addMember(GROUP, userId);
  const { receipts } = world.services;
  const { messageId } = await toGroup(world, alice, TEAM, text('who?', { hints: { receiptWanted: true } }));
  const other = await toGroup(world, alice, TEAM, text('no matter'));
  await receipts.delivered(messageId, [BOB, CHEN]);
  await receipts.delivered(other.messageId, [BOB, CHEN]);
  await read(bob, GROUP, { upToSeq: 2n });
  await receipts.flush();
  const receipt = { messageId, read: 1, delivered: 2, total: 2, readerIds: [BOB], complete: false };
  const conversation = GROUP;
  expect(pushed(alice, Command.RECEIPTS)).toMatchObject([{ data: { value: { conversation, items: [receipt] } } }]);
  expect(pushed(bob, Command.RECEIPTS)).toEqual([]);
  const chen = world.online(CHEN);
  await read(chen, GROUP, { upToSeq: 2n, quietly: true });
  await receipts.flush();
  expect(pushed(alice, Command.RECEIPTS)).toEqual([]);
  await read(chen, GROUP, { upToSeq: 2n });
  await receipts.flush();
  const last = { ...receipt, read: 2, readerIds: [BOB, CHEN], complete: true };
  expect(pushed(alice, Command.RECEIPTS)).toMatchObject([{ data: { value: { items: [last] } } }]);
});
