// Frames as WebSocket messages: several in one, and no more than the receiver takes.
import { expect, it } from 'vitest';
import { messagesOf } from '../../src/connection/transport.js';
import { SharedFrame } from '../../src/session/shared-frame.js';
import { custom, push } from './messages.js';
import { World } from './world.js';

const bytes = (length: number) => new Uint8Array(length);
const sizes = (frames: number[], max: number) =>
  [...messagesOf(frames.map(bytes), max)].map((message) => message.map(({ length }) => length));

it.each([
  [[8], 100, [[8]]],
  [[50, 50], 100, [[50, 50]]],
  [[50, 51], 100, [[50], [51]]],
  [[100, 8, 100], 100, [[100], [8], [100]]],
  [
    [30, 30, 30, 30, 30],
    100,
    [
      [30, 30, 30],
      [30, 30],
    ],
  ],
])('frames of %o bytes are messages of at most %d: %o', (frames, max, expected) => {
  expect(sizes(frames, max)).toEqual(expected);
});

it('frames sent at the same time are one message', async () => {
  const world = new World({ transport: 'websocket' });
  await world.connect();
  const server = world.lastEnd.peer;
  const before = server.writes.length;
  for (const id of [1n, 2n, 3n]) world.served[0].push(push(id));
  await world.settle();
  expect(server.writes.slice(before).map(({ length }) => length)).toEqual([3]);
});

it('frames above the limit of the client are several messages', async () => {
  const world = new World({ transport: 'websocket' });
  const client = await world.connect({ maxFrameBytes: 20_000 });
  const frame = SharedFrame.of(custom('x'.repeat(9000)));
  for (let i = 0; i < 5; i++) frame.pushTo(world.served[0]);
  await world.settle();
  const written = world.lastEnd.peer.writes.slice(1).map((frames) => frames.length);
  expect(written).toEqual([2, 2, 1]);
  expect(client.state).toBe('authenticated');
});

it('on TCP they are one write', async () => {
  const world = new World();
  await world.connect({ maxFrameBytes: 20_000 });
  const frame = SharedFrame.of(custom('x'.repeat(9000)));
  for (let i = 0; i < 5; i++) frame.pushTo(world.served[0]);
  await world.settle();
  expect(world.lastEnd.peer.writes.slice(1).map(({ length }) => length)).toEqual([5]);
});
