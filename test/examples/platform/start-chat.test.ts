// The whole system in one process, with real sockets: as an application or a page starts it.
import { Command, Terminal } from '@im/protocol';
import { conversationKey, privateRef } from '@im/protocol/conversation';
import { connect } from '@im/protocol/node';
import { ClientSync, type SyncChange } from '@im/protocol/sync';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Chat, startChat } from '../../../examples/chat/start-chat.js';
import { ALICE, BOB } from './world.js';

const PAIR = conversationKey(privateRef(ALICE, BOB));
const people = {
  users: new Map([
    [ALICE, 'alice'],
    [BOB, 'bob'],
  ]),
  groups: new Map(),
  rooms: new Set<bigint>(),
};

/** A client that keeps what it gets. */
async function client(chat: Chat, userId: bigint, port: number, terminal: Terminal = Terminal.WEB) {
  const shown: string[] = [];
  const onChange = (changes: readonly SyncChange[]): void => {
    for (const change of changes) {
      if (change.type !== 'message') continue;
      const { body } = change.message.content;
      shown.push(`${change.message.seq} ${body?.$case === 'text' ? body.value.text : body?.$case}`);
    }
  };
  const sync = new ClientSync({ onChange });
  const accessToken = await chat.tokens.issue({ userId, terminal });
  const url = `ws://127.0.0.1:${port}`;
  const connected = await connect(url, { login: { accessToken }, sync, resume: true, reconnect: { baseMs: 10, maxMs: 50 } });
  onTestFinished(() => void connected.close());
  await vi.waitFor(() => expect(sync.status.state).toBe('synced'), 10_000);
  const say = (receiverId: bigint, words: string) =>
    connected.request(Command.PRIVATE_MESSAGE, { receiverId, content: { body: { $case: 'text', value: { text: words } } } });
  return { sync, shown, say };
}

it('carries messages between two servers, and on over the restart of one of them', async () => {
  const errors: unknown[] = [];
  const chat = await startChat({ people, onError: (error) => errors.push(error) });
  onTestFinished(() => chat.close());
  const [first, second] = [await chat.startServer(1), await chat.startServer('eu-2')];
  const alice = await client(chat, ALICE, first.port);
  const bob = await client(chat, BOB, second.port);
  expect(await alice.say(BOB, 'one')).toMatchObject({ seq: 1n });
  await vi.waitFor(() => expect(bob.shown).toEqual(['1 one']), 10_000);

  await second.close();
  await chat.platform.serverLost('eu-2');
  expect(await alice.say(BOB, 'two')).toMatchObject({ seq: 2n });
  await chat.startServer('eu-2', { port: second.port });
  await vi.waitFor(() => expect(bob.shown).toEqual(['1 one', '2 two']), 10_000);
  expect(await bob.say(ALICE, 'three')).toMatchObject({ seq: 3n });
  await vi.waitFor(() => expect(alice.shown).toEqual(['1 one', '2 two', '3 three']), 10_000);
  expect(await bob.sync.conversation(PAIR)).toMatchObject({ unreadCount: 2, lastSeq: 3n });
  expect(errors).toEqual([]);
});

it('refuses a token of another platform', async () => {
  const [chat, other] = [await startChat({ people }), await startChat({ people })];
  onTestFinished(async () => void (await Promise.all([chat.close(), other.close()])));
  const { port } = await chat.startServer(1);
  await expect(client(other, ALICE, port)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
