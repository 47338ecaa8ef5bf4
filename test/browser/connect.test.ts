// `connect` of a page or a Worker against `listen` of Node, over the browser's own WebSocket.
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROTOCOL_VERSION, ProtocolError } from '../../src/index.js';
import { type Chat, type ChatSettings, startChat, USERS } from './chat-server.js';
import { inRealm, PLACES, watchRealm } from './realm.js';

const { alice, bob } = USERS;

describe.each(PLACES)('in a %s', (place) => {
  it('Hello and LOGIN come in one flight, before the Welcome goes out', async () => {
    const { url, wire } = await chat();
    expect(await inRealm(place, 'client', ({ logIn }) => logIn(url, ['bob']))).toEqual({
      userId: bob,
      version: PROTOCOL_VERSION,
    });
    expect(wire.slice(0, 3)).toEqual(['received Hello + LOGIN', 'sent Welcome', 'sent LOGIN']);
  });

  it('two chat: every message arrives once, in order, and is acknowledged', async () => {
    const { url, arrivals } = await chat();
    const fromAlice = ['你好 👋🏽', 'e\u0301 é', '\u0000\u202e', '👩‍👩‍👧‍👦 '.repeat(200), '长'.repeat(200_000)];
    const fromBob = Array.from({ length: 100 }, (_, i) => `message ${i}`);
    await inRealm(place, 'client', (one) =>
      inRealm(place, 'client', async (other) => {
        await one.logIn(url, ['alice']);
        await other.logIn(url, ['bob']);
        const answers = await Promise.all([one.sendAll(bob, fromAlice), other.sendAll(alice, fromBob)]);
        const ids = answers.map((list) => list.map((answer) => ('messageId' in answer ? answer.messageId : answer)));
        const [toAlice, toBob] = await Promise.all([one.received(fromBob.length), other.received(fromAlice.length)]);
        expect(toBob).toEqual(fromAlice.map((text, i) => ({ from: alice, messageId: ids[0][i], text })));
        expect(toAlice).toEqual(fromBob.map((text, i) => ({ from: bob, messageId: ids[1][i], text })));
        expect([await one.notices(), await other.notices()]).toEqual([[], []]);
      }),
    );
    expect(new Set(arrivals.items.map(({ clientMessageId }) => clientMessageId)).size).toBe(105);
  });

  it('a token that is not valid is UNAUTHENTICATED, and is not tried again', async () => {
    const { url, wire } = await chat();
    expect(await inRealm(place, 'client', ({ logIn }) => logIn(url, ['forged']))).toMatchObject({
      error: { code: 'UNAUTHENTICATED' },
    });
    expect(wire.filter((line) => line.includes('LOGIN'))).toHaveLength(1);
  });

  it('a token that is not valid any more ends the client, even where it may reconnect', async () => {
    const { url, server, wire } = await chat();
    await inRealm(place, 'client', async ({ logIn, ended, state, logins }) => {
      await logIn(url, ['alice', 'alice', 'expired']);
      for (const count of [1, 2]) {
        await logins(count);
        server.connections.get(alice, 1)?.close(new ProtocolError('OVERLOADED', 'come back later'));
      }
      expect(await ended()).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await state()).toBe('closed');
    });
    expect(wire.filter((line) => line.startsWith('received Hello'))).toHaveLength(3);
  });

  it('a server of another version is NO_COMMON_VERSION', async () => {
    const { url } = await chat({ versions: [3] });
    expect(await inRealm(place, 'client', ({ logIn }) => logIn(url, ['alice']))).toMatchObject({
      error: { code: 'NO_COMMON_VERSION' },
    });
  });

  it.each([
    ['where nobody listens', 'ws://127.0.0.1:9/', 'ERR_'],
    ['where the policy of the page lets nobody go', 'ws://127.0.0.2:9/', 'connect-src'],
  ])('%s there is no connection: CLOSED', async (_, url, complaint) => {
    const { result, complaints } = await watchRealm(place, 'client', ({ logIn }) => logIn(url, ['alice']));
    expect(result).toMatchObject({ error: { code: 'CLOSED' } });
    expect(complaints.filter((line) => !line.includes(complaint))).toEqual([]);
  });

  it('what a handler refuses comes as that error, and the connection is kept', async () => {
    const refuse = async (): Promise<void> => {
      throw new ProtocolError('PERMISSION_DENIED', 'not to them');
    };
    const { url } = await chat({ answerAfter: (text) => (text === 'refused' ? refuse() : undefined) });
    await inRealm(place, 'client', async ({ logIn, send, state }) => {
      await logIn(url, ['alice']);
      expect(await send(bob, 'refused')).toMatchObject({ error: { code: 'PERMISSION_DENIED' } });
      expect(await send(bob, '')).toMatchObject({ error: { code: 'INVALID_MESSAGE' } });
      expect(await send(bob, 'taken')).toEqual({ messageId: 101n });
      expect(await state()).toBe('authenticated');
    });
  });

  it('a client that leaves leaves nothing behind', async () => {
    const { url, server } = await chat();
    await inRealm(place, 'client', async ({ logIn, leave, ended }) => {
      await logIn(url, ['alice']);
      expect(server.connections.size).toBe(1);
      await leave();
      expect(await ended()).toBeUndefined();
    });
    await server.close();
    expect(server.connectionCount).toBe(0);
  });
});

/** A server that runs until the test has ended. */
async function chat(settings?: ChatSettings): Promise<Chat> {
  const started = await startChat(settings);
  onTestFinished(() => started.server.close());
  return started;
}
