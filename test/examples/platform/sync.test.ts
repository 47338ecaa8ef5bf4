import { Command, encodeFrame, Terminal } from '@im/protocol';
import { conversationKey, groupRef, privateRef } from '@im/protocol/conversation';
import { expect, it } from 'vitest';
import { line, sync, text, toGroup, toUser } from './say.js';
import { ALICE, BOB, CHEN, type Device, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);

/** Asks for pages until there are no more. */
async function chain(world: World, device: Device, first: object, options: object = {}) {
  const pages = [await sync(world, device, first, options)];
  while (pages.at(-1)!.more) {
    const { cursor } = pages.at(-1)!;
    pages.push(await sync(world, device, { ...first, cursor }, options));
    expect(pages.at(-1)!.cursor).not.toEqual(cursor);
  }
  const pushes = pages.flatMap((page) => page.pushes);
  return { pages, pushes, lines: pushes.map(line), cursor: pages.at(-1)!.cursor };
}

async function start() {
  const world = new World();
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const { cursor } = await sync(world, bob);
  return { world, alice, bob, cursor };
}

it('gives what was missed, in its order, and nothing twice', async () => {
  const { world, alice, bob, cursor } = await start();
  await toUser(world, alice, BOB, text('one'));
  await toUser(world, alice, BOB, text('two'));
  const first = await chain(world, bob, { cursor });
  expect(first.lines).toEqual(['PRIVATE_MESSAGE 1 one', 'PRIVATE_MESSAGE 2 two']);
  await toUser(world, alice, BOB, text('three'));
  const second = await chain(world, bob, { cursor: first.cursor });
  expect(second.lines).toEqual(['PRIVATE_MESSAGE 3 three']);
  expect((await chain(world, bob, { cursor: second.cursor })).lines).toEqual([]);
});

it('gives the same again for the same cursor: a page may be lost', async () => {
  const { world, alice, bob, cursor } = await start();
  for (let i = 1; i <= 5; i++) await toUser(world, alice, BOB, text(`m${i}`));
  const lines = async () => (await chain(world, bob, { cursor, limit: 2 })).lines;
  expect(await lines()).toEqual(await lines());
  expect(await lines()).toHaveLength(5);
});

it('lists every conversation once for a device without a cursor, over as many pages as it takes', async () => {
  const { world, alice } = await start();
  for (let group = 1n; group <= 1500n; group++) await world.storage.addMember(groupRef(group), ALICE);
  await toGroup(world, alice, 7n, text('hi'));
  const frame = { maxFrameBytes: 16_384 };
  const { pages, pushes, cursor } = await chain(world, alice, {}, frame);
  expect(pages.length).toBeGreaterThan(1);
  expect(pushes).toEqual([]);
  expect(pages.every(({ reset }) => !reset)).toBe(true);
  const listed = pages.flatMap(({ truncated }) => truncated.map(({ conversation }) => conversationKey(conversation!)));
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toHaveLength(1500);
  for (const page of pages) {
    const data = { $case: 'syncPage', value: page } as const;
    expect(encodeFrame('SendInfo', { cmd: Command.SYNC, replyTo: 7, data }).length).toBeLessThanOrEqual(16_384);
  }
  // The list was read at some time: what comes after its first page is given later.
  await toGroup(world, alice, 7n, text('later'));
  expect((await chain(world, alice, { cursor })).lines).toEqual(['GROUP_MESSAGE 2 later']);
});

it('loses nothing that comes while the list is being read', async () => {
  const { world, alice, bob } = await start();
  for (let group = 1n; group <= 1001n; group++) await world.storage.addMember(groupRef(group), BOB);
  const first = await sync(world, bob);
  expect(first.more).toBe(true);
  await toUser(world, alice, BOB, text('meanwhile'));
  const { cursor } = await chain(world, bob, { cursor: first.cursor });
  expect((await chain(world, bob, { cursor })).lines).toEqual(['PRIVATE_MESSAGE 1 meanwhile']);
});

it('ends a chain where the inbox ended when it began: the rest is pushed', async () => {
  const { world, alice, bob, cursor } = await start();
  for (let i = 1; i <= 4; i++) await toUser(world, alice, BOB, text(`m${i}`));
  const first = await sync(world, bob, { cursor, limit: 2 });
  await toUser(world, alice, BOB, text('m5'));
  const second = await sync(world, bob, { cursor: first.cursor, limit: 2 });
  expect(second.pushes.map(line)).toEqual(['PRIVATE_MESSAGE 3 m3', 'PRIVATE_MESSAGE 4 m4']);
  expect(second.more).toBe(false);
  expect((await chain(world, bob, { cursor: second.cursor })).lines).toEqual(['PRIVATE_MESSAGE 5 m5']);
});

it('leaves out the oldest above per_conversation, over the whole chain, and names the conversation', async () => {
  const { world, alice, bob, cursor } = await start();
  for (let i = 1; i <= 30; i++) await toUser(world, alice, BOB, text(`m${i}`));
  const { pages, lines } = await chain(world, bob, { cursor, limit: 3, perConversation: 7 });
  expect(lines).toEqual([24, 25, 26, 27, 28, 29, 30].map((seq) => `PRIVATE_MESSAGE ${seq} m${seq}`));
  const named = pages.flatMap(({ truncated }) => truncated);
  expect(named[0]).toMatchObject({ conversation: PAIR, lastSeq: 30n, unreadCount: 30 });
});

it('leaves out what the device has', async () => {
  const { world, alice, bob, cursor } = await start();
  for (let i = 1; i <= 4; i++) await toUser(world, alice, BOB, text(`m${i}`));
  const { lines, cursor: next } = await chain(world, bob, { cursor, known: [{ conversation: PAIR, seq: 3n }] });
  expect(lines).toEqual(['PRIVATE_MESSAGE 4 m4']);
  const all = { cursor, known: [{ conversation: PAIR, seq: 4n }] };
  expect(await sync(world, bob, all)).toMatchObject({ pushes: [], more: false, cursor: next });
});

it.each([
  ['unreadable', async () => new Uint8Array([1, 2, 3])],
  ['of another user', async (world: World) => (await sync(world, world.online(CHEN))).cursor],
  [
    'of another storage',
    async () => {
      const other = new World();
      return (await sync(other, other.online(BOB))).cursor;
    },
  ],
] as const)('resets a device with a cursor that is %s', async (_what, cursorOf) => {
  const { world, alice, bob } = await start();
  await toUser(world, alice, BOB, text('one'));
  const page = await sync(world, bob, { cursor: await cursorOf(world) });
  expect(page).toMatchObject({ reset: true, pushes: [], truncated: [{ conversation: PAIR, lastSeq: 1n }] });
  expect((await sync(world, bob, { cursor: page.cursor })).reset).toBe(false);
});

it('resets a device that has missed more than an inbox keeps', async () => {
  const world = new World({ inboxItems: 3 });
  const [alice, bob] = [world.online(ALICE), world.online(BOB)];
  const { cursor } = await sync(world, bob);
  for (let i = 1; i <= 3; i++) await toUser(world, alice, BOB, text(`m${i}`));
  expect(await sync(world, bob, { cursor })).toMatchObject({ reset: false, pushes: [{}, {}, {}] });
  await toUser(world, alice, BOB, text('m4'));
  expect(await sync(world, bob, { cursor })).toMatchObject({ reset: true, pushes: [] });
});

it('resets no device for the cursors of a storage that is in use', async () => {
  const { world, alice, bob, cursor } = await start();
  const cursors = [cursor];
  for (let i = 1; i <= 6; i++) {
    await toUser(world, alice, BOB, text(`m${i}`));
    const page = await sync(world, bob, { cursor: cursors.at(-1), limit: 1 });
    cursors.push(page.cursor);
  }
  for (const each of cursors) expect((await sync(world, bob, { cursor: each })).reset).toBe(false);
});

it('gives each terminal what it would have been sent', async () => {
  const { world, alice, bob, cursor } = await start();
  await toUser(world, alice, BOB, text('for the web'), { receiverTerminals: [Terminal.WEB] });
  await toUser(world, alice, BOB, text('not for my others'), { skipSelf: true });
  const web = world.online(BOB, Terminal.WEB);
  expect((await chain(world, web, { cursor })).lines).toEqual([
    'PRIVATE_MESSAGE 1 for the web',
    'PRIVATE_MESSAGE 2 not for my others',
  ]);
  expect((await chain(world, bob, { cursor })).lines).toEqual(['PRIVATE_MESSAGE 2 not for my others']);
  const pc = world.online(ALICE, Terminal.PC);
  const list = await sync(world, pc);
  expect(list.truncated).toHaveLength(1);
});

it('gives nothing of a group that the user has left, and nothing from before they joined', async () => {
  const { world, alice, bob, cursor } = await start();
  await world.storage.addMember(groupRef(TEAM), ALICE);
  await toGroup(world, alice, TEAM, text('before'));
  await world.storage.addMember(groupRef(TEAM), BOB);
  await toGroup(world, alice, TEAM, text('with bob'));
  expect((await chain(world, bob, { cursor })).lines).toEqual(['GROUP_MESSAGE 2 with bob']);
  await world.storage.removeMember(conversationKey(groupRef(TEAM)), BOB);
  await toGroup(world, alice, TEAM, text('without bob'));
  expect((await chain(world, bob, { cursor })).lines).toEqual([]);
  expect((await sync(world, bob)).truncated).toEqual([]);
});

it('enters the route of the connection before it reads the page', async () => {
  const { world, alice, bob, cursor } = await start();
  const unknown = { ...bob, terminal: Terminal.PC, connectionId: 'new' };
  await sync(world, unknown, { cursor });
  await toUser(world, alice, BOB, text('to the new one'));
  expect(world.pushes(unknown).map(line)).toEqual(['PRIVATE_MESSAGE 1 to the new one']);
});
