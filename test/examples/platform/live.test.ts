// What lasts for the moment: typing, presence, rooms, streams.
import { CallEndReason, Command, PresenceStatus, SessionEvent, SessionEventKind, StreamState, Terminal } from '@im/protocol';
import { groupRef, privateRef, roomRef } from '@im/protocol/conversation';
import { beforeEach, expect, it, vi } from 'vitest';
import { LIMITS } from '../../../examples/chat/platform/context.js';
import { Sessions } from '../../../examples/chat/platform/sessions.js';
import { history, line, sync, text, toGroup, toUser } from './say.js';
import { ADA, ALICE, BOB, CHEN, type Device, ROOM, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);
const GROUP = groupRef(TEAM);

let world: World;
let alice: Device;
let bob: Device;

beforeEach(() => {
  world = new World({ limits: { ...LIMITS, typingGroupSize: 2 } });
  [alice, bob] = [world.online(ALICE), world.online(BOB)];
});

async function type(device: Device, conversation: object) {
  const sender = { userId: device.userId, terminal: device.terminal };
  await world.request(device, Command.TYPING, { $case: 'typing', value: { conversation, sender, action: 1 } }, { sequence: 0 });
}

it('passes typing on to the others, and makes no conversation of it', async () => {
  const pc = world.online(ALICE, Terminal.PC);
  await type(alice, PAIR);
  expect(world.pushes(bob).map(line)).toEqual(['TYPING']);
  expect(world.pushes(pc)).toEqual([]);
  expect((await sync(world, bob)).truncated).toEqual([]);
});

it('passes typing on in small groups alone, and drops that of others without a word', async () => {
  for (const userId of [ALICE, BOB]) await world.storage.addMember(GROUP, userId);
  await type(alice, GROUP);
  expect(world.pushes(bob)).toHaveLength(1);
  await world.storage.addMember(GROUP, CHEN);
  await type(alice, GROUP);
  expect(world.pushes(bob)).toEqual([]);
  await type(alice, groupRef(999n));
});

async function subscribe(device: Device, value: object) {
  const data = await world.request(device, Command.PRESENCE, { $case: 'presenceSubscription', value });
  return data?.$case === 'presenceList' ? data.value.items : [];
}

it('shows presence to users who share a conversation; others look offline', async () => {
  await toUser(world, alice, BOB, text('hi'));
  const web = world.online(BOB, Terminal.WEB);
  const chen = world.online(CHEN);
  expect(await subscribe(alice, { userIds: [BOB, CHEN, BOB] })).toMatchObject([
    { userId: BOB, status: PresenceStatus.ONLINE, terminals: [bob.terminal, web.terminal], lastSeenMs: BigInt(world.nowMs) },
    { userId: CHEN, status: PresenceStatus.OFFLINE, terminals: [], lastSeenMs: 0n },
  ]);
  expect(await subscribe(chen, { userIds: [BOB] })).toMatchObject([{ status: PresenceStatus.OFFLINE }]);
});

/** A session of bob ends, or his application goes into the background. */
async function event(sessions: Sessions, kind: SessionEventKind, more: object = {}) {
  const { userId, terminal, connectionId, serverId, version } = bob;
  const session = { user: { userId, terminal }, connectionId, serverId, version, kind, epoch: 1n, atMs: BigInt(world.nowMs) };
  await sessions.apply(SessionEvent.create({ ...session, ...more }));
}

it('tells subscribers what changes, until their subscription ends', async () => {
  const { context, presence } = world.services;
  const sessions = new Sessions(world.routes, context.outbox, presence);
  await toUser(world, alice, BOB, text('hi'));
  await subscribe(alice, { userIds: [BOB], ttlMs: 1000 });
  world.pushes(alice);
  await event(sessions, SessionEventKind.REFRESHED);
  expect(world.pushes(alice)).toEqual([]);
  await event(sessions, SessionEventKind.BACKGROUND);
  await event(sessions, SessionEventKind.CLOSED);
  const statuses = world.pushes(alice).map(({ data }) => data?.$case === 'presenceList' && data.value.items[0].status);
  expect(statuses).toEqual([PresenceStatus.AWAY, PresenceStatus.OFFLINE]);
  world.nowMs += 1000;
  await event(sessions, SessionEventKind.OPENED, { epoch: 2n, connectionId: 'next' });
  expect(world.pushes(alice)).toEqual([]);
  await subscribe(alice, { userIds: [BOB] });
  const session = { user: { userId: ALICE, terminal: alice.terminal }, serverId: '2', connectionId: alice.connectionId };
  await sessions.apply(SessionEvent.create({ ...session, kind: SessionEventKind.CLOSED, epoch: 1n }));
  await event(sessions, SessionEventKind.CLOSED, { epoch: 2n, connectionId: 'next' });
  expect(world.pushes(alice)).toEqual([]);
});

it('notices that a server is gone with its connections', async () => {
  const { context, presence } = world.services;
  const sessions = new Sessions(world.routes, context.outbox, presence);
  const web = { ...world.online(CHEN, Terminal.WEB), serverId: '5' };
  await toUser(world, alice, BOB, text('hi'));
  await toUser(world, web, BOB, text('hi'));
  await subscribe(alice, { userIds: [BOB] });
  await subscribe(web, { userIds: [BOB] });
  world.pushes(alice);
  await sessions.serverLost('5');
  await event(sessions, SessionEventKind.CLOSED);
  expect(world.pushes(web).map(line)).not.toContain('PRESENCE');
  expect(world.pushes(alice).map(line)).toEqual(['PRESENCE']);
  expect(await subscribe(alice, { userIds: [BOB] })).toMatchObject([
    { status: PresenceStatus.OFFLINE, lastSeenMs: BigInt(world.nowMs) },
  ]);
});

it('has at most 1000 subscriptions of a connection', async () => {
  const userIds = Array.from({ length: 1000 }, (_, i) => BigInt(i + 1));
  expect(await subscribe(alice, { userIds: userIds.slice(1) })).toHaveLength(999);
  expect(await subscribe(alice, { userIds: [1n] })).toHaveLength(1);
  await expect(subscribe(alice, { userIds: [1001n] })).rejects.toThrow(
    'QUOTA_EXCEEDED: 1001 subscriptions of a connection, limit 1000',
  );
  expect(await subscribe(alice, { userIds: [1001n], unsubscribeIds: [1n] })).toHaveLength(1);
});

it('ends the session of a user who logs in on another server', async () => {
  const { context, presence } = world.services;
  const sessions = new Sessions(world.routes, context.outbox, presence);
  await event(sessions, SessionEventKind.REFRESHED);
  // Its SYNC may be faster than its SessionEvent.
  world.nowMs += 1;
  await sync(world, { ...bob, serverId: '9', connectionId: 'next' });
  await event(sessions, SessionEventKind.OPENED, { epoch: 2n, serverId: '9', connectionId: 'next' });
  expect(world.pushes(bob).map(line)).toEqual(['FORCE_LOGOUT']);
  await event(sessions, SessionEventKind.OPENED, { epoch: 3n, serverId: '9', connectionId: 'again' });
  expect(world.pushes(bob)).toEqual([]);
});

it('lets users into rooms that exist, and sends messages to all in a room by every server', async () => {
  const room = { $case: 'room', value: { roomId: ROOM, join: true } } as const;
  expect(await world.request(alice, Command.ROOM, room)).toEqual(room);
  const unknown = { $case: 'room', value: { roomId: 999n, join: true } } as const;
  await expect(world.request(alice, Command.ROOM, unknown)).rejects.toThrow('NOT_A_MEMBER: the user is not in this room');
  const sender = { userId: ALICE, terminal: alice.terminal };
  const value = { sender, roomId: ROOM, content: text('hi all') };
  const reply = await world.request(alice, Command.ROOM_MESSAGE, { $case: 'roomMessage', value });
  expect(reply).toMatchObject({ $case: 'sendResult', value: { code: 1, seq: 0n } });
  expect(world.audiences()).toMatchObject([{ everyone: true, audience: roomRef(ROOM), sender, cmd: Command.ROOM_MESSAGE }]);
});

/** The pieces of a stream as a device gets them. */
function textOf(pushes: ReturnType<World['pushes']>): string {
  let written = '';
  for (const { data } of pushes) {
    if (data?.$case === 'chunk') written = written.slice(0, data.value.offset) + data.value.text;
  }
  return written;
}

it('writes an answer piece by piece, and sends it again when it is complete', async () => {
  const old = world.online(ALICE, Terminal.PC, 1);
  const { cursor } = await sync(world, alice);
  await toUser(world, alice, ADA, text('where to?'));
  await world.dictate('Go ', 'to the ', '北门', ' 🏔️.');
  await world.fullStop();
  const pushes = world.pushes(alice);
  const [first, last] = [pushes[0], pushes.at(-1)!];
  const contentOf = ({ data }: typeof first) => (data?.$case === 'privateMessage' ? data.value.content! : undefined);
  expect(contentOf(first)).toMatchObject({ seq: 2n, body: { $case: 'stream', value: { state: StreamState.OPEN, text: '' } } });
  const written = textOf(pushes);
  expect(written).toBe('Go to the 北门 🏔️.');
  expect(contentOf(last)).toEqual({
    ...contentOf(first),
    body: { $case: 'stream', value: { text: written, format: 0, state: StreamState.DONE, index: pushes.length - 2, error: '' } },
  });
  // A connection of version 1 gets the question and the whole answer.
  expect(world.pushes(old).map(({ cmd }) => cmd)).toEqual(Array(2).fill(Command.PRIVATE_MESSAGE));
  const { pushes: missed } = await sync(world, alice, { cursor });
  expect(missed.map(line)).toEqual(['PRIVATE_MESSAGE 1 where to?', ...Array(2).fill(`PRIVATE_MESSAGE 2 ${written}`)]);
  const known = [{ conversation: privateRef(ALICE, ADA), seq: 2n }];
  expect((await sync(world, alice, { cursor, known })).pushes.map(line)).toEqual([`PRIVATE_MESSAGE 2 ${written}`]);
});

it('stops where a reader says so, and sends chunks again', async () => {
  await toUser(world, alice, ADA, text('where to?'));
  await world.dictate('one ', 'two ', 'three ', 'four ');
  const pushes = world.pushes(alice);
  const data = pushes[0].data!;
  const { messageId } = (data.$case === 'privateMessage' && data.value.content) as { messageId: bigint };
  const control = (device: Device, more: object) =>
    world.request(device, Command.STREAM_CONTROL, {
      $case: 'streamControl',
      value: { conversation: privateRef(ALICE, ADA), messageId, ...more },
    });
  expect(pushes).toHaveLength(5);
  await control(alice, { resume: true, afterIndex: 2 });
  expect(world.pushes(alice)).toEqual(pushes.slice(3));
  await expect(control(bob, {})).rejects.toThrow('NOT_A_MEMBER');
  await control(alice, {});
  await world.dictate('never sent');
  const rest = world.pushes(alice);
  const written = 'one two three four ';
  expect(textOf([...pushes, ...rest])).toBe(written);
  expect(rest.at(-1)).toMatchObject({
    data: { value: { content: { body: { value: { state: StreamState.CANCELLED, text: written } } } } },
  });
  await control(alice, { resume: true });
  expect(world.pushes(alice).map(line)).toEqual(['PRIVATE_MESSAGE 2 one two three four']);
  expect((await history(world, alice, { conversation: privateRef(ALICE, ADA) })).pushes).toHaveLength(2);
});

it('answers in a group where it is mentioned', async () => {
  for (const userId of [ALICE, BOB, ADA]) await world.storage.addMember(GROUP, userId);
  await toGroup(world, alice, TEAM, text('hi'));
  await toGroup(world, alice, TEAM, text('where to?'), { mentionedIds: [ADA] });
  await world.dictate('up');
  expect(textOf(world.pushes(bob))).toBe('up');
});

it('refuses what it does not know, and tells nothing of its own errors', async () => {
  const custom = { $case: 'custom', value: { typeUrl: 'example.com/a.B', value: new Uint8Array() } } as const;
  await expect(world.request(alice, 1000 as Command, custom)).rejects.toThrow('UNSUPPORTED_COMMAND: 1000 is not handled here');
  vi.spyOn(world.storage, 'findSent').mockRejectedValue(new Error('the database at 10.0.0.1 is down'));
  await expect(toUser(world, alice, BOB, text('hi'))).rejects.toThrow(/^INTERNAL: the platform failed$/);
  expect(world.errors).toMatchObject([{ message: 'the database at 10.0.0.1 is down' }]);
});

/** A step of a call, as a word. */
function steps(device: Device): string[] {
  return world.pushes(device).flatMap(({ data }) => {
    if (data?.$case !== 'call') return [];
    const { action, sender } = data.value;
    const end = action?.$case === 'end' ? ` ${action.value.reason}` : '';
    return `${action?.$case}${end} of ${sender!.userId}@${sender!.terminal}`;
  });
}

async function step(device: Device, count: number, action: object, callId = 'c1') {
  const sender = { userId: device.userId, terminal: device.terminal };
  const value = { callId, conversation: PAIR, sender, step: count, action: action as never };
  return world.request(device, Command.CALL, { $case: 'call', value });
}

const INVITE = { $case: 'invite', value: {} };
const ACCEPT = { $case: 'accept', value: {} };

it('has the first terminal that accepts be in the call, and keeps a record', async () => {
  const web = world.online(BOB, Terminal.WEB);
  await step(alice, 1, INVITE);
  expect([steps(bob), steps(web)]).toEqual([[`invite of ${ALICE}@2`], [`invite of ${ALICE}@2`]]);
  await step(web, 1, ACCEPT);
  await expect(step(bob, 1, ACCEPT)).rejects.toThrow('TOO_LATE: another terminal of the user is in the call');
  expect(steps(bob)).toEqual([`end ${CallEndReason.ELSEWHERE} of ${ALICE}@${Terminal.SERVER}`]);
  world.nowMs += 65_000;
  await step(web, 2, { $case: 'end', value: { reason: CallEndReason.HANGUP } });
  expect(steps(alice)).toEqual([`accept of ${BOB}@1`, `end ${CallEndReason.HANGUP} of ${BOB}@1`]);
  const { pushes } = await history(world, alice, { conversation: PAIR });
  expect(pushes.map(line)).toEqual(['PRIVATE_MESSAGE 1 [call] [call] 65 s']);
  expect((await sync(world, bob)).truncated).toMatchObject([{ lastSeq: 1n, unreadCount: 0 }]);
});

it('ends a call to a user who is not there at once, and one that nobody accepts after its time: both count as unread', async () => {
  const chen = world.online(CHEN);
  const withChen = { conversation: privateRef(CHEN, ADA), sender: { userId: CHEN, terminal: chen.terminal } };
  const value = { callId: 'c2', step: 1, action: INVITE as never, ...withChen };
  await world.request(chen, Command.CALL, { $case: 'call', value });
  expect(steps(chen)).toEqual([`end ${CallEndReason.UNREACHABLE} of ${CHEN}@${Terminal.SERVER}`]);
  await step(alice, 1, INVITE);
  world.nowMs += 60_000;
  await world.services.calls.tick();
  expect(steps(bob)).toEqual([`invite of ${ALICE}@2`, `end ${CallEndReason.TIMEOUT} of ${ALICE}@${Terminal.SERVER}`]);
  expect((await sync(world, bob)).truncated).toMatchObject([{ unreadCount: 1 }]);
  expect((await sync(world, alice)).truncated).toMatchObject([{ unreadCount: 0 }]);
});

it('has calls in conversations of the user alone', async () => {
  const chen = world.online(CHEN);
  await expect(step(chen, 1, INVITE)).rejects.toThrow('NOT_A_MEMBER: the user is not in this conversation');
  expect(steps(bob)).toEqual([]);
});

it('says in a group who comes and goes, to those who are in it', async () => {
  const { groups } = world.services;
  await groups.add(GROUP, [ALICE, BOB]);
  await groups.add(GROUP, [CHEN]);
  await groups.remove(GROUP, [BOB]);
  const chen = world.online(CHEN);
  expect(world.pushes(alice).map(line)).toEqual([
    'SYSTEM_MESSAGE 1 [notice] alice, bob joined',
    'SYSTEM_MESSAGE 2 [notice] chen joined',
    'SYSTEM_MESSAGE 3 [notice] bob left',
  ]);
  expect(world.pushes(bob).map(line)).toEqual([
    'SYSTEM_MESSAGE 1 [notice] alice, bob joined',
    'SYSTEM_MESSAGE 2 [notice] chen joined',
  ]);
  const page = await history(world, chen, { conversation: GROUP });
  expect(page.pushes.map(line)).toEqual(['SYSTEM_MESSAGE 2 [notice] chen joined', 'SYSTEM_MESSAGE 3 [notice] bob left']);
  await expect(history(world, bob, { conversation: GROUP })).rejects.toThrow('NOT_A_MEMBER');
});

it('keeps an announcement for those who are offline: it has no seq', async () => {
  const chen = world.online(CHEN);
  const { cursor } = await sync(world, chen);
  await world.services.announcements.send(text('maintenance at ten'), ['1', '2']);
  const { pushes } = await sync(world, chen, { cursor });
  expect(pushes.map(line)).toEqual(['SYSTEM_MESSAGE 0 maintenance at ten']);
});
