import { groupRef, privateRef } from '@im/protocol/conversation';
import { beforeEach, expect, it } from 'vitest';
import { history, text, toGroup, toUser } from './say.js';
import { ALICE, BOB, CHEN, type Device, ROOM, TEAM, World } from './world.js';

const PAIR = privateRef(ALICE, BOB);

let world: World;
let alice: Device;

beforeEach(async () => {
  world = new World();
  alice = world.online(ALICE);
  for (let i = 1; i <= 10; i++) await toUser(world, alice, BOB, text(`m${i}`));
});

/** The seqs of a page, whether there are more, and its range. */
async function page(request: object, options: object = {}): Promise<string> {
  const { pushes, more, firstSeq, lastSeq } = await history(world, alice, { conversation: PAIR, ...request }, options);
  const seqs = pushes.map(({ data }) => data?.$case === 'privateMessage' && data.value.content?.seq);
  return `${seqs.join(' ')}${more ? ' …' : ''} (${firstSeq} to ${lastSeq})`;
}

it.each([
  [{}, '1 2 3 4 5 6 7 8 9 10 (1 to 10)'],
  [{ limit: 3 }, '8 9 10 … (8 to 10)'],
  [{ limit: 3, oldest: true }, '1 2 3 … (1 to 3)'],
  [{ afterSeq: 4n, limit: 3 }, '5 6 7 … (5 to 7)'],
  [{ beforeSeq: 5n, limit: 3 }, '2 3 4 … (2 to 4)'],
  [{ afterSeq: 2n, beforeSeq: 6n }, '3 4 5 (3 to 5)'],
  [{ afterSeq: 2n, beforeSeq: 9n, limit: 2 }, '7 8 … (7 to 8)'],
  [{ afterSeq: 2n, beforeSeq: 9n, limit: 2, oldest: true }, '3 4 … (3 to 4)'],
  [{ afterSeq: 10n }, ' (0 to 0)'],
  [{ beforeSeq: 1n }, ' (0 to 0)'],
  [{ beforeSeq: 99n, limit: 1 }, '10 … (10 to 10)'],
])('gives %o as %s', async (request, expected) => {
  expect(await page(request)).toBe(expected);
});

it('cuts a page to the frame of the client', async () => {
  for (let i = 11; i <= 13; i++) await toUser(world, alice, BOB, text('x'.repeat(7000)));
  expect(await page({}, { maxFrameBytes: 16_384 })).toBe('12 13 … (12 to 13)');
});

it('begins where the user has joined, whatever is asked for', async () => {
  await world.storage.addMember(groupRef(TEAM), ALICE);
  await toGroup(world, alice, TEAM, text('before'));
  await world.storage.addMember(groupRef(TEAM), BOB);
  await toGroup(world, alice, TEAM, text('after'));
  const bob = world.online(BOB);
  const { pushes, firstSeq } = await history(world, bob, { conversation: groupRef(TEAM), beforeSeq: 9n });
  expect(pushes).toHaveLength(1);
  expect(firstSeq).toBe(2n);
});

it('is for members alone, and for what is stored', async () => {
  const chen = world.online(CHEN);
  for (const conversation of [PAIR, groupRef(TEAM), groupRef(12345n)])
    await expect(history(world, chen, { conversation })).rejects.toThrow('NOT_A_MEMBER: the user is not in this conversation');
  const room = { conversation: { kind: { $case: 'roomId', value: ROOM } } };
  await expect(history(world, chen, room)).rejects.toThrow(
    'INVALID_MESSAGE: conversation: expected one that is stored, got a room',
  );
});

it('skips messages that are for others, and stays complete', async () => {
  const conversation = groupRef(TEAM);
  for (const userId of [ALICE, BOB, CHEN]) await world.storage.addMember(conversation, userId);
  await toGroup(world, alice, TEAM, text('one'));
  await toGroup(world, alice, TEAM, text('for bob'), { receiverIds: [BOB] });
  await toGroup(world, alice, TEAM, text('three'));
  const { pushes, firstSeq, lastSeq, more } = await history(world, world.online(CHEN), { conversation });
  expect(pushes).toHaveLength(2);
  expect({ firstSeq, lastSeq, more }).toEqual({ firstSeq: 1n, lastSeq: 3n, more: false });
});
