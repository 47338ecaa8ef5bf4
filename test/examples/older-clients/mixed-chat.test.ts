// Clients of the older system and of this protocol in one chat, on one server: each message once on each device, with right receipts.
import { Command, PrivateMessage, ReadPosition, Terminal } from '@im/protocol';
import { conversationKey, groupRef, privateRef } from '@im/protocol/conversation';
import { expect, it, vi } from 'vitest';
import { type OldClient, Status, Type } from '../../../examples/older-clients/client/old-client.js';
import { ALICE, APP, BOB, CHEN, type NewClient, PC, SOON, startFixture, TEAM, WEB } from './fixture.js';

const PAIR = privateRef(BigInt(ALICE), BigInt(BOB));
const GROUP = groupRef(BigInt(TEAM));

const textsWith = (client: OldClient, friendId: number) =>
  client.chats.withFriend(friendId).messages.map(({ content }) => content);
const textsOf = (client: OldClient, groupId: number) => client.chats.ofGroup(groupId).messages.map(({ content }) => content);
const eventually = (check: () => unknown) => vi.waitFor(check, SOON);

/** Marks what a client of this protocol has as read. */
async function read({ client, sync }: NewClient, userId: number, ref: typeof PAIR): Promise<void> {
  const { lastSeq = 0n } = (await sync.conversation(conversationKey(ref))) ?? {};
  const reader = { userId: BigInt(userId), terminal: Terminal.WEB };
  await client.request(Command.READ, ReadPosition.create({ conversation: ref, reader, upToSeq: lastSeq }));
}

it('carries private messages both ways, once', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  await alice.say(BOB, '你好 bob');
  await eventually(() => expect(bob.texts).toEqual(['你好 bob']));
  await bob.say(ALICE, 'hello alice');
  await alice.say(BOB, '再见 👋');
  await eventually(() => expect(bob.texts).toEqual(['你好 bob', 'hello alice', '再见 👋']));
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['你好 bob', 'hello alice', '再见 👋']));
  const { messages, unread } = alice.chats.withFriend(BOB);
  expect(unread).toBe(1);
  expect(messages.map(({ id }) => BigInt(id!))).toEqual(bob.shown.map(({ messageId }) => messageId));
  expect(messages[1]).toMatchObject({ sendId: BOB, recvId: ALICE, type: Type.TEXT, status: Status.PENDING });
  expect(bob.shown.map(({ senderId }) => senderId)).toEqual([BigInt(ALICE), BigInt(BOB), BigInt(ALICE)]);
  expect(fixture.errors).toEqual([]);
});

it('carries pictures, files and voice messages both ways', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  const image = { originUrl: 'https://a.example/1.png', thumbUrl: 'https://a.example/1s.png', width: 640, height: 480 };
  const file = { name: '路线.pdf', size: 123_456, url: 'https://a.example/2.pdf' };
  const audio = { duration: 7, url: 'https://a.example/3.mp3' };
  await alice.say(BOB, JSON.stringify(image), Type.IMAGE);
  await alice.say(BOB, JSON.stringify(file), Type.FILE);
  await alice.say(BOB, JSON.stringify(audio), Type.AUDIO);
  await eventually(() => expect(bob.shown).toHaveLength(3));
  expect(bob.shown.map(({ content }) => content.body)).toMatchObject([
    { $case: 'image', value: { url: image.originUrl, thumbnailUrl: image.thumbUrl, width: 640, height: 480 } },
    { $case: 'file', value: { name: '路线.pdf', sizeBytes: 123_456n, url: file.url } },
    { $case: 'audio', value: { durationMs: 7000, url: audio.url } },
  ]);
  const send = (body: object) =>
    bob.client.request(Command.PRIVATE_MESSAGE, { receiverId: BigInt(ALICE), content: { body } as never });
  await send({ $case: 'image', value: { url: 'https://b.example/4.png', width: 10, height: 20 } });
  await send({ $case: 'file', value: { name: 'b.zip', sizeBytes: 99n, url: 'https://b.example/5.zip' } });
  await send({ $case: 'audio', value: { durationMs: 2600, url: 'https://b.example/6.ogg' } });
  await eventually(() => expect(textsWith(alice, BOB)).toHaveLength(6));
  const received = alice.chats.withFriend(BOB).messages.slice(3);
  expect(received.map(({ type, content }) => [type, JSON.parse(content!)])).toEqual([
    [Type.IMAGE, { originUrl: 'https://b.example/4.png', thumbUrl: 'https://b.example/4.png', width: 10, height: 20 }],
    [Type.FILE, { name: 'b.zip', size: 99, url: 'https://b.example/5.zip' }],
    [Type.AUDIO, { duration: 3, url: 'https://b.example/6.ogg' }],
  ]);
});

it('passes on between older clients what only they know', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await fixture.older(ALICE), await fixture.newer(BOB), await fixture.older(CHEN)];
  const card = '{"card": {"id": 9007199254740993}}';
  await alice.sayToGroup(TEAM, card, {}, 8);
  await alice.sayToGroup(TEAM, 'no JSON', {}, Type.IMAGE);
  await eventually(() => expect(chen.chats.ofGroup(TEAM).messages).toHaveLength(2));
  const pulled = (await fixture.older(CHEN, APP)).chats.ofGroup(TEAM).messages;
  for (const messages of [chen.chats.ofGroup(TEAM).messages, alice.chats.ofGroup(TEAM).messages, pulled])
    expect(messages.map(({ type, content }) => [type, content])).toEqual([
      [8, card],
      [Type.IMAGE, 'no JSON'],
    ]);
  await eventually(() => expect(bob.shown).toHaveLength(2));
});

it('recalls and edits on the other kind of client', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  const { id } = await alice.say(BOB, 'a secret');
  await eventually(() => expect(bob.texts).toEqual(['a secret']));
  await alice.recall('private', id!);
  await eventually(() => expect(bob.changed).toMatchObject([{ messageId: BigInt(id!), recall: { messageId: BigInt(id!) } }]));
  await bob.say(ALICE, 'teh');
  await bob.say(ALICE, 'another secret');
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['撤回了一条消息', 'teh', 'another secret']));
  const [, typo, secret] = bob.shown;
  const change = (body: object) =>
    bob.client.request(Command.PRIVATE_MESSAGE, { receiverId: BigInt(ALICE), content: { body } as never });
  const content = { body: { $case: 'text', value: { text: 'the' } } };
  await change({ $case: 'edit', value: { messageId: typo.messageId, content } });
  await change({ $case: 'recall', value: { messageId: secret.messageId } });
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['撤回了一条消息', 'the', '撤回了一条消息']));
  expect(bob.shown).toHaveLength(3);
});

it('leaves nothing of a recalled message to devices that come later', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  // With a key that this protocol does not have: the message carries the whole JSON along.
  const { id } = await alice.say(
    BOB,
    '{"originUrl":"https://a.example/secret.png","thumbUrl":"","blurHash":"secret"}',
    Type.IMAGE,
  );
  await eventually(() => expect(bob.shown).toHaveLength(1));
  await alice.recall('private', id!);
  await eventually(() => expect(bob.changed).toHaveLength(1));
  const later = await fixture.newer(BOB, Terminal.PC);
  await later.sync.loadHistory(conversationKey(PAIR));
  for (const { sync } of [bob, later]) {
    const { messages } = await sync.messages(conversationKey(PAIR));
    expect(messages.map(({ messageId, recall }) => [messageId, recall?.messageId])).toEqual([[BigInt(id!), BigInt(id!)]]);
    expect(Buffer.from(PrivateMessage.encode(messages[0].data.value)).includes('secret')).toBe(false);
  }
  const app = await fixture.older(BOB, APP);
  expect(JSON.stringify(app.chats.withFriend(ALICE).messages)).toBe('[]');
});

it('works across servers', async () => {
  const fixture = await startFixture();
  const second = await fixture.system.startServer(2);
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB, Terminal.WEB, second)];
  await alice.say(BOB, 'one');
  await eventually(() => expect(bob.texts).toEqual(['one']));
  await bob.say(ALICE, 'two');
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['one', 'two']));
  // The same kind of terminal as alice, on the other server.
  const newAlice = await fixture.newer(ALICE, Terminal.WEB, second);
  await eventually(() => expect(alice.isConnected).toBe(false));
  expect(alice.logoutText).toEqual(expect.any(String));
  const ended = newAlice.client.closed;
  await fixture.older(ALICE, WEB);
  expect(await ended).toMatchObject({ code: 'FORCED_LOGOUT' });
});

it('knows on both sides what the other user has read', async () => {
  const fixture = await startFixture();
  const [alice, aliceApp, bob] = [await fixture.older(ALICE), await fixture.older(ALICE, APP), await fixture.newer(BOB)];
  await alice.say(BOB, 'one');
  await eventually(() => expect(bob.texts).toEqual(['one']));
  await read(bob, BOB, PAIR);
  await eventually(() => expect(alice.chats.withFriend(BOB).messages).toMatchObject([{ status: Status.READ }]));

  await bob.say(ALICE, 'two');
  await eventually(() => expect(alice.chats.withFriend(BOB).unread).toBe(1));
  await eventually(() => expect(aliceApp.chats.withFriend(BOB).unread).toBe(1));
  await alice.readFriend(BOB);
  // The other terminal of the reader, and the sender.
  await eventually(() => expect(aliceApp.chats.withFriend(BOB).unread).toBe(0));
  await eventually(async () =>
    expect(await bob.sync.conversation(conversationKey(PAIR))).toMatchObject({ peerReadSeq: 2n, unreadCount: 0 }),
  );
  expect(aliceApp.chats.withFriend(BOB).messages.map(({ content }) => content)).toEqual(['one', 'two']);
});

it('counts who has read a group message, whichever client they use', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await fixture.older(ALICE), await fixture.newer(BOB), await fixture.older(CHEN)];
  const { id } = await alice.sayToGroup(TEAM, 'who reads this?', { receipt: true });
  await eventually(() => expect(bob.texts).toEqual(['who reads this?']));
  await eventually(() => expect(textsOf(chen, TEAM)).toEqual(['who reads this?']));
  const counted = () => alice.chats.ofGroup(TEAM).messages.find((message) => message.id === id);
  await read(bob, BOB, GROUP);
  await eventually(() => expect(counted()).toMatchObject({ readedCount: 1, receiptOk: false }));
  await chen.readGroup(TEAM);
  await eventually(() => expect(counted()).toMatchObject({ readedCount: 2, receiptOk: true }));
  expect(await alice.http.get('/message/group/findReadedUsers', { groupId: TEAM, messageId: id! })).toEqual([BOB, CHEN]);

  await bob.sayToGroup(TEAM, 'and this?', { receiptWanted: true });
  await eventually(() => expect(textsOf(alice, TEAM)).toEqual(['who reads this?', 'and this?']));
  await alice.readGroup(TEAM);
  await eventually(() =>
    expect(bob.changed.at(-1)).toMatchObject({ receipt: { read: 1, total: 2, readerIds: [BigInt(ALICE)] } }),
  );
});

it('mentions users and everyone', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await fixture.older(ALICE), await fixture.newer(BOB), await fixture.older(CHEN)];
  await alice.sayToGroup(TEAM, '@bob', { atUserIds: [BOB] });
  await eventually(() => expect(textsOf(chen, TEAM)).toEqual(['@bob']));
  expect(chen.chats.ofGroup(TEAM)).toMatchObject({ unread: 1, isMentioned: false });
  await eventually(() => expect(bob.shown).toMatchObject([{ isMention: true, content: { hints: { senderName: 'alice' } } }]));
  await alice.sayToGroup(TEAM, '@all', { atUserIds: [-1] });
  await eventually(() => expect(bob.shown).toMatchObject([{}, { isMention: true, data: { value: { mentionEveryone: true } } }]));
  await eventually(() => expect(chen.chats.ofGroup(TEAM)).toMatchObject({ unread: 2, isMentioned: true }));
  await bob.sayToGroup(TEAM, '@everyone', { mentionEveryone: true });
  await eventually(() => expect(alice.chats.ofGroup(TEAM)).toMatchObject({ unread: 1, isMentioned: true }));
  expect(alice.chats.ofGroup(TEAM).messages.at(-1)).toMatchObject({ sendId: BOB, sendNickName: 'bob', atUserIds: [-1] });
});

it('pulls what was missed while disconnected, once', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  await bob.say(ALICE, 'p1');
  await bob.sayToGroup(TEAM, 'g1');
  await eventually(() => expect([...textsWith(alice, BOB), ...textsOf(alice, TEAM)]).toEqual(['p1', 'g1']));
  await alice.disconnect();
  await bob.say(ALICE, 'p2');
  await bob.sayToGroup(TEAM, 'g2');
  await bob.say(ALICE, 'p3');
  await alice.connect();
  await bob.say(ALICE, 'p4');
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['p1', 'p2', 'p3', 'p4']));
  await eventually(() => expect(textsOf(alice, TEAM)).toEqual(['g1', 'g2']));
  expect(alice.chats.withFriend(BOB).unread).toBe(4);

  // A device that has nothing yet gets all of it, with what was read meanwhile.
  await alice.readFriend(BOB);
  const app = await fixture.older(ALICE, APP);
  expect(textsWith(app, BOB)).toEqual(['p1', 'p2', 'p3', 'p4']);
  expect(app.chats.withFriend(BOB).unread).toBe(0);
  expect(app.chats.ofGroup(TEAM).unread).toBe(2);
});

it('logs out a client when its user logs in on the same kind of terminal, whichever client that is', async () => {
  const fixture = await startFixture();
  const first = await fixture.older(ALICE, WEB);
  const second = await fixture.older(ALICE, WEB);
  await eventually(() => expect(first.isConnected).toBe(false));
  expect(first.logoutText).toEqual(expect.any(String));
  expect(second.isConnected).toBe(true);
  const third = await fixture.newer(ALICE, Terminal.WEB);
  await eventually(() => expect(second.isConnected).toBe(false));
  expect(second.logoutText).toEqual(expect.any(String));
  const ended = third.client.closed;
  const fourth = await fixture.older(ALICE, WEB);
  expect(await ended).toMatchObject({ code: 'FORCED_LOGOUT' });
  expect(fourth.isConnected).toBe(true);
  const bob = await fixture.newer(BOB);
  await bob.say(ALICE, 'once');
  await eventually(() => expect(textsWith(fourth, BOB)).toEqual(['once']));
  expect([textsWith(first, BOB), textsWith(second, BOB), third.texts]).toEqual([[], [], []]);
});

it('has an old and a new client of one user as two terminals, which see what the other one sends', async () => {
  const fixture = await startFixture();
  const [older, newer, bob] = [
    await fixture.older(ALICE, PC),
    await fixture.newer(ALICE, Terminal.APP),
    await fixture.older(BOB),
  ];
  await older.say(BOB, 'from the older');
  await newer.say(BOB, 'from the newer');
  await eventually(() => expect(textsWith(bob, ALICE)).toEqual(['from the older', 'from the newer']));
  await eventually(() => expect(textsWith(older, BOB)).toEqual(['from the older', 'from the newer']));
  await eventually(() => expect(newer.texts).toEqual(['from the older', 'from the newer']));
  expect(older.chats.withFriend(BOB).unread).toBe(0);
  await bob.say(ALICE, 'to both');
  await eventually(() => expect(older.chats.withFriend(BOB).unread).toBe(1));
  await eventually(() => expect(newer.texts.at(-1)).toBe('to both'));
  const { client } = newer;
  const reader = { userId: BigInt(ALICE), terminal: Terminal.APP };
  await client.request(Command.READ, ReadPosition.create({ conversation: PAIR, reader, upToSeq: 3n }));
  await eventually(() => expect(older.chats.withFriend(BOB).unread).toBe(0));
  // Bob learns it by a receipt.
  await eventually(() => expect(bob.chats.withFriend(ALICE).messages.at(-1)).toMatchObject({ status: Status.READ }));
  const path = '/user/terminal/online';
  expect(await bob.http.get(path, { userIds: ALICE })).toEqual([{ userId: ALICE, terminals: expect.toSatisfy(hasBoth) }]);
});

const hasBoth = (terminals: number[]): boolean => terminals.length === 2 && terminals.includes(APP) && terminals.includes(PC);

it('goes on with a new token when the old one has expired', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  const { accessToken } = alice.http;
  fixture.clock.nowMs += 601_000;
  await alice.say(BOB, 'late');
  expect(alice.http.accessToken).not.toBe(accessToken);
  await eventually(() => expect(bob.texts).toEqual(['late']));
  await alice.disconnect();
  await alice.connect();
  await bob.say(ALICE, 'later');
  await eventually(() => expect(textsWith(alice, BOB)).toEqual(['late', 'later']));
});

it('carries what the platform says in a group', async () => {
  const fixture = await startFixture();
  const [alice, bob] = [await fixture.older(ALICE), await fixture.newer(BOB)];
  await fixture.system.chat.platform.addToGroup(BigInt(TEAM), [4n]);
  await eventually(() => expect(bob.texts).toEqual(['dora joined']));
  await eventually(() =>
    expect(alice.chats.ofGroup(TEAM).messages).toMatchObject([{ type: Type.TIP_TEXT, content: 'dora joined' }]),
  );
  expect(alice.chats.ofGroup(TEAM).unread).toBe(0);
  await fixture.system.chat.platform.announce({ body: { $case: 'text', value: { text: 'maintenance at 22:00' } } });
  await eventually(() => expect(alice.notices).toMatchObject([{ content: 'maintenance at 22:00', type: Type.TEXT }]));
});

it('carries calls of older clients: to each other, and to and from clients of this protocol', async () => {
  const fixture = await startFixture();
  const [alice, bob, chen] = [await fixture.older(ALICE), await fixture.newer(BOB), await fixture.older(CHEN)];
  const offer = { type: 'offer', sdp: 'v=0 offer' };
  const answer = { type: 'answer', sdp: 'v=0 answer' };
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
  const seen = (client: OldClient) =>
    client.signals.map(({ type, sendId, content }) => [type, sendId, content && JSON.parse(content)]);

  await alice.call('call', CHEN, offer, { mode: 'video' });
  await eventually(() => expect(seen(chen)).toEqual([[Type.RTC_CALL_VIDEO, ALICE, offer]]));
  await chen.call('accept', ALICE, answer);
  await alice.call('candidate', CHEN, candidate);
  await alice.call('heartbeat', CHEN);
  await eventually(() => expect(seen(alice)).toEqual([[Type.RTC_ACCEPT, CHEN, answer]]));
  await eventually(() => expect(seen(chen).at(-1)).toEqual([Type.RTC_CANDIDATE, ALICE, candidate]));
  await chen.call('handup', ALICE);
  await eventually(() => expect(alice.signals.at(-1)).toMatchObject({ type: Type.RTC_HANGUP, sendId: CHEN }));
  // The record of it.
  await eventually(() => expect(alice.chats.withFriend(CHEN).messages).toMatchObject([{ type: Type.CALL_VIDEO, sendId: ALICE }]));
  await expect(alice.call('heartbeat', CHEN)).rejects.toMatchObject({ code: 500, message: '通话已结束' });
  await expect(alice.call('candidate', CHEN, candidate)).rejects.toMatchObject({ message: '通话已结束' });

  const signal = (action: object, step: number) => {
    const sender = { userId: BigInt(BOB), terminal: Terminal.WEB };
    return bob.client.request(Command.CALL, { callId: bob.callId, conversation: PAIR, sender, step, action } as never);
  };
  await alice.call('call', BOB, offer, { mode: 'voice' });
  await eventually(() =>
    expect(bob.signals).toMatchObject([{ action: { $case: 'invite', value: { video: false, offer: { sdp: offer.sdp } } } }]),
  );
  await signal({ $case: 'accept', value: { answer: { sdp: answer.sdp } } }, 1);
  await eventually(() => expect(seen(alice).at(-1)).toEqual([Type.RTC_ACCEPT, BOB, answer]));
  await alice.call('handup', BOB);
  await eventually(() => expect(bob.signals.at(-1)).toMatchObject({ action: { $case: 'end' }, sender: { userId: 1n } }));

  bob.callId = 'call-of-bob';
  await signal({ $case: 'invite', value: { video: true, offer: { sdp: offer.sdp } } }, 1);
  await eventually(() => expect(seen(alice).at(-1)).toEqual([Type.RTC_CALL_VIDEO, BOB, offer]));
  await alice.call('failed', BOB, {}, { reason: '对方忙线中' });
  await eventually(() => expect(bob.signals.at(-1)).toMatchObject({ callId: 'call-of-bob', action: { $case: 'end' } }));
  expect(fixture.errors).toEqual([]);
});
