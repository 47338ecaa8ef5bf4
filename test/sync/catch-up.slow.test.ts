// A client that was away, over real sockets.
import { expect, it } from 'vitest';
import { Command, type SendInfoInit } from '../../src/index.js';
import { connect } from '../../src/node/index.js';
import { ClientSync, MemoryStorage, type SyncChange } from '../../src/sync/index.js';
import { type Conversation, PlatformModel } from './model/platform.js';
import { serve } from './model/serve.js';

const FRAME = 65_536;
const CONVERSATIONS = 50;
const MISSED = 5000;
const NEW = 300;

it('catches up with 5,000 messages in 50 conversations in frames of 64 KiB, while new messages arrive', {
  timeout: 120_000,
}, async () => {
  let send = (_push: SendInfoInit): void => {};
  const platform = new PlatformModel([1n, 2n], (userId, push) => {
    if (userId === 1n) send(push as SendInfoInit);
  });
  platform.isFromStart = true;
  const conversations: Conversation[] = [];
  for (let i = 1; i <= CONVERSATIONS; i++) conversations.push(platform.create(PlatformModel.group(BigInt(i)), [1n, 2n]));
  const say = (i: number): void => {
    const body = { $case: 'text', value: { text: `message ${i} ${'x'.repeat(i % 300)}` } } as const;
    platform.send(conversations[i % CONVERSATIONS], 2n, { body });
  };

  const sent: number[] = [];
  const server = await serve(platform, FRAME, sent);
  const storage = new MemoryStorage();
  const url = `tcp://127.0.0.1:${server.port}`;
  const options = { login: { accessToken: '1' }, maxFrameBytes: FRAME };

  // It was here once, and left.
  const before = new ClientSync({ storage, perConversation: 0 });
  const first = await connect(url, { ...options, sync: before });
  await synced(before);
  await first.close();
  for (let i = 0; i < MISSED; i++) say(i);

  const seen = new Map<string, bigint>();
  let count = 0;
  const onChange = (changes: readonly SyncChange[]): void => {
    for (const change of changes) {
      if (change.type !== 'message') continue;
      const { key = '', seq } = change.message;
      // Without gaps, in order, each once.
      expect(seq).toBe((seen.get(key) ?? 0n) + 1n);
      seen.set(key, seq);
      count += 1;
    }
  };
  const sync = new ClientSync({ storage, perConversation: 0, onChange });
  const client = await connect(url, { ...options, sync });
  expect(client.agreement).toMatchObject({ version: 2, features: expect.arrayContaining(['sync']) });
  send = (push) => server.connections.get(1n, 1)?.push(push);
  for (let i = 0; i < NEW; i++) {
    say(MISSED + i);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  while (count < MISSED + NEW) await new Promise((resolve) => setTimeout(resolve, 10));

  expect(Math.max(...sent)).toBeLessThanOrEqual(FRAME);

  const all = await sync.conversations();
  expect(all).toHaveLength(CONVERSATIONS);
  for (const { key, unreadCount, isCountExact, gaps, lastSeq } of all) {
    const conversation = conversations.find((one) => one.key === key)!;
    const { unreadCount: expected } = platform.state(conversation, 1n);
    expect({ key, unreadCount, isCountExact, gaps, lastSeq }).toEqual({
      key,
      unreadCount: expected,
      isCountExact: true,
      gaps: [],
      lastSeq: BigInt(conversation.log.length),
    });
  }

  // What it sends, and what it reads, is in its place at once.
  const content = { body: { $case: 'text', value: { text: 'mine' } } } as const;
  const { seq } = await client.request(Command.GROUP_MESSAGE, { groupId: 1n, content });
  const reader = { userId: 1n, terminal: 1 };
  await client.request(Command.READ, { conversation: conversations[0].ref, reader, upToSeq: seq });
  await until(async () => (await sync.conversation('g_1'))?.unreadCount === 0);
  expect((await sync.messages('g_1', { limit: 1 })).messages[0]).toMatchObject({ seq, senderId: 1n });
  await client.close();
  expect(sync.status).toEqual({ state: 'closed', error: undefined });
});

async function synced(sync: ClientSync): Promise<void> {
  await until(async () => sync.status.state === 'synced');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
