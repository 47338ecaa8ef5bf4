import { Terminal } from '@im/protocol';
import { groupRef, privateRef } from '@im/protocol/conversation';
import { expect, it } from 'vitest';
import { line, text, toGroup, toUser } from './say.js';
import { ALICE, BOB, CHEN, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);

async function team(world: World, ...userIds: bigint[]): Promise<void> {
  for (const userId of userIds) await world.storage.addMember(groupRef(TEAM), userId);
}

it('gives the messages of a conversation the seqs 1, 2, 3, whoever writes, and each conversation its own', async () => {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const results = [
    await toUser(world, alice, BOB, text('one')),
    await toUser(world, bob, ALICE, text('two')),
    await toUser(world, alice, CHEN, text('elsewhere')),
    await toUser(world, alice, BOB, text('three')),
  ];
  expect(results.map(({ seq }) => seq)).toEqual([1n, 2n, 1n, 3n]);
  expect(results[0].conversation).toEqual(PAIR);
  const ids = results.map(({ messageId }) => messageId);
  expect(ids).toEqual([...ids].sort());
  expect(world.pushes(bob).map(line)).toEqual(['PRIVATE_MESSAGE 1 one', 'PRIVATE_MESSAGE 3 three']);
});

it('stores a message that is sent again once, and answers as before', async () => {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const content = text('once');
  const first = await toUser(world, alice, BOB, content);
  await toUser(world, bob, ALICE, { ...text('mine'), clientMessageId: content.clientMessageId });
  expect(await toUser(world, alice, BOB, content)).toEqual(first);
  expect(world.pushes(bob).map(line)).toEqual(['PRIVATE_MESSAGE 1 once']);
});

it('has a message without an id be a new one each time', async () => {
  const world = new World();
  const alice = world.online(ALICE);
  const content = { ...text('again'), clientMessageId: '' };
  const seqs = [await toUser(world, alice, BOB, content), await toUser(world, alice, BOB, content)].map(({ seq }) => seq);
  expect(seqs).toEqual([1n, 2n]);
});

it('sends a message to the terminals of the receiver and the other terminals of the sender', async () => {
  const world = new World();
  const [app, pc, bob] = [world.online(ALICE), world.online(ALICE, Terminal.PC), world.online(BOB, Terminal.WEB)];
  await toUser(world, app, BOB, text('hi'));
  await toUser(world, app, BOB, text('for you'), { skipSelf: true });
  expect(world.pushes(app)).toEqual([]);
  expect(world.pushes(pc).map(line)).toEqual(['PRIVATE_MESSAGE 1 hi']);
  expect(world.pushes(bob).map(line)).toEqual(['PRIVATE_MESSAGE 1 hi', 'PRIVATE_MESSAGE 2 for you']);
});

it('tells nobody whether a conversation exists that they are not in', async () => {
  const world = new World();
  await team(world, ALICE, BOB);
  const chen = world.online(CHEN);
  const refused = 'NOT_A_MEMBER: the user is not in this conversation';
  await expect(toGroup(world, chen, TEAM, text('hi'))).rejects.toThrow(refused);
  await expect(toGroup(world, chen, 999n, text('hi'))).rejects.toThrow(refused);
  await expect(toUser(world, chen, 999n, text('hi'))).rejects.toThrow(refused);
});

it('does not store a message for those who are online alone', async () => {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const { seq, messageId } = await toUser(world, alice, BOB, text('now', { hints: { onlineOnly: true } }));
  expect(seq).toBe(0n);
  expect(messageId).toBeGreaterThan(0n);
  expect(world.pushes(bob).map(line)).toEqual(['PRIVATE_MESSAGE 0 now']);
  expect((await toUser(world, alice, BOB, text('stays'))).seq).toBe(1n);
});

it('sends a group message with receivers to these alone, and it takes a seq like any other', async () => {
  const world = new World();
  await team(world, ALICE, BOB, CHEN);
  const [alice, bob, chen] = [world.online(ALICE), world.online(BOB), world.online(CHEN)];
  await toGroup(world, alice, TEAM, text('for bob'), { receiverIds: [BOB] });
  await toGroup(world, alice, TEAM, text('for all'));
  expect(world.pushes(bob).map(line)).toEqual(['GROUP_MESSAGE 1 for bob', 'GROUP_MESSAGE 2 for all']);
  expect(world.pushes(chen).map(line)).toEqual(['GROUP_MESSAGE 2 for all']);
});

it('sets the time, the name of the sender, and what counts as unread', async () => {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  await toUser(world, alice, BOB, text('hi', { sentAtMs: 5n }));
  const [{ data }] = world.pushes(bob);
  expect(data?.$case === 'privateMessage' && data.value.content).toMatchObject({
    sentAtMs: BigInt(world.nowMs),
    hints: { senderName: 'alice', uncounted: false },
  });
});

it('quotes what the message says, not what the client claims', async () => {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const { messageId } = await toUser(world, alice, BOB, text('the truth'));
  const elsewhere = await toUser(world, alice, CHEN, text('a secret'));
  const claim = { senderId: CHEN, preview: 'a lie', thumbnailUrl: 'http://evil' };
  await toUser(world, bob, ALICE, text('really?', { quote: { messageId, ...claim } }));
  const [{ data }] = world.pushes(alice);
  expect(data?.$case === 'privateMessage' && data.value.content?.quote).toEqual({
    messageId,
    seq: 1n,
    senderId: ALICE,
    preview: 'the truth',
    thumbnailUrl: '',
    recalled: false,
  });
  const stolen = text('?', { quote: { messageId: elsewhere.messageId, ...claim } });
  await expect(toUser(world, bob, ALICE, stolen)).rejects.toThrow('INVALID_MESSAGE: quote: expected a message of the same');
});

it('names the origin of a forwarded message to those alone who may see it', async () => {
  const world = new World();
  await team(world, ALICE, BOB, CHEN);
  const [alice, bob, chen] = [world.online(ALICE), world.online(BOB), world.online(CHEN)];
  const { messageId } = await toUser(world, alice, BOB, text('between us'));
  const origin = { conversation: PAIR, messageId, senderId: CHEN, senderName: 'somebody' };
  await toGroup(world, alice, TEAM, text('between us', { origin }));
  world.pushes(bob).splice(0, 1);
  const originOf = (pushes: ReturnType<World['pushes']>) => {
    const data = pushes.at(-1)?.data;
    return data?.$case === 'groupMessage' ? data.value.content?.origin : undefined;
  };
  const checked = { senderId: ALICE, senderName: 'alice', sentAtMs: BigInt(world.nowMs), hops: 1 };
  await toGroup(world, alice, TEAM, text('between us', { origin }));
  expect(originOf(world.pushes(bob))).toEqual({ ...checked, conversation: PAIR, messageId });
  expect(originOf(world.pushes(chen))).toEqual({ ...checked, conversation: undefined, messageId: 0n });
});

it('refuses contents that may not be nested', async () => {
  const world = new World();
  const alice = world.online(ALICE);
  const { messageId } = await toUser(world, alice, BOB, text('hi'));
  const content = { seq: 4n, body: { $case: 'text', value: { text: 'x' } } } as const;
  const edit = { clientMessageId: 'e', body: { $case: 'edit', value: { messageId, content } } } as const;
  await expect(toUser(world, alice, BOB, edit)).rejects.toThrow('INVALID_MESSAGE: edit.content.seq: expected it not to be set');
});
