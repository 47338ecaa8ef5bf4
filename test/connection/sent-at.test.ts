// The time of what a client sends, where the application leaves it out.
import { expect, it } from 'vitest';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { chat, taken } from './messages.js';
import { World } from './world.js';

/** By the server's clock, when the clock of the tests was 0. */
const SERVER_ORIGIN_MS = 1_800_000_000_000;

function sentAt({ data }: SendInfo): bigint | undefined {
  return data?.$case === 'privateMessage' || data?.$case === 'groupMessage' ? data.value.content?.sentAtMs : undefined;
}

function world() {
  const times: (bigint | undefined)[] = [];
  const server = new World({
    timeOriginMs: SERVER_ORIGIN_MS,
    message(message) {
      times.push(sentAt(message));
      return taken(message);
    },
  });
  return { server, times };
}

it('a request has the time of the clock of the server, not of the client', async () => {
  const { server, times } = world();
  await server.pass(500);
  const client = await server.connect();
  await server.pass(1234);
  void client.request(Command.PRIVATE_MESSAGE, chat('a'));
  await server.pass(10);
  const group = { groupId: 3n, content: { sentAtMs: 0n, body: { $case: 'text', value: { text: 'b' } } } } as const;
  void client.request(Command.GROUP_MESSAGE, group);
  await server.settle();
  expect(times).toEqual([BigInt(SERVER_ORIGIN_MS + 1734), BigInt(SERVER_ORIGIN_MS + 1744)]);
});

it('a time set by the application is kept', async () => {
  const { server, times } = world();
  const client = await server.connect();
  void client.request(Command.PRIVATE_MESSAGE, {
    receiverId: 2n,
    content: { sentAtMs: 5n, body: { $case: 'text', value: { text: 'a' } } },
  });
  await server.settle();
  expect(times).toEqual([5n]);
});

it('a request that waits for a connection, or is sent again, has the time at which it was made', async () => {
  const { server, times } = world();
  const client = await server.connect({ resume: true, requestTimeoutMs: 60_000 });
  server.lastEnd.cut();
  await server.settle();
  void client.request(Command.PRIVATE_MESSAGE, chat('a'));
  const madeAtMs = server.platform.nowMs();
  for (let i = 0; i < 100 && times.length === 0; i++) await server.pass(100);
  expect(server.platform.nowMs()).toBeGreaterThan(madeAtMs);
  expect(times).toEqual([BigInt(SERVER_ORIGIN_MS + madeAtMs)]);
});

it('a heartbeat of the application has the time of the clock of the client', async () => {
  const { server } = world();
  const client = await server.connect();
  await server.pass(77);
  const reply = client.request(Command.HEARTBEAT, {});
  await server.settle();
  expect((await reply).sentAtMs).toBe(BigInt(server.platform.timeOriginMs + 77));
});

it('the time of the server is that of its Welcome, and half of the shortest round trip', async () => {
  const { server } = world();
  const client = server.create();
  expect(client.serverTimeMs).toBeUndefined();
  await server.pass(10);
  expect(client.serverTimeMs).toBe(SERVER_ORIGIN_MS + server.platform.nowMs());
  const roundTrip = async (ms: number): Promise<void> => {
    server.lastEnd.isStuck = true;
    client.reconnectNow();
    await server.pass(ms);
    server.lastEnd.isStuck = false;
    await server.pass(2000);
  };
  await roundTrip(100);
  expect(client.roundTripMs).toBe(100);
  expect(client.serverTimeMs).toBe(SERVER_ORIGIN_MS + server.platform.nowMs() + 50);
  // One that was held up says nothing about the way.
  await roundTrip(900);
  expect(client.roundTripMs).toBe(900);
  expect(client.serverTimeMs).toBe(SERVER_ORIGIN_MS + server.platform.nowMs() + 50);
  await roundTrip(40);
  expect(client.serverTimeMs).toBe(SERVER_ORIGIN_MS + server.platform.nowMs() + 20);
  await client.close();
  expect(client.serverTimeMs).toBeUndefined();
});
