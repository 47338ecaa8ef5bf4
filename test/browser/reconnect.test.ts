// A client stays connected: through the death of its server, a server that drains, and a page that stands still.
import { describe, expect, it, onTestFinished } from 'vitest';
import { privateMessage, startChat, USERS } from './chat-server.js';
import { inRealm, PLACES, watchRealm } from './realm.js';
import { startProcess } from './server-process.js';

const { alice, bob } = USERS;
const seven = { messageId: 7n, text: 'seven' };
const eight = { messageId: 8n, text: 'eight' };

describe.each(PLACES)('in a %s', (place) => {
  it('a server that is killed and comes back: what was not answered is sent again, and nothing is handed over twice', async () => {
    const first = await startProcess({ port: 0, isSilent: true, inbox: [seven] });
    const { complaints } = await watchRealm(place, 'client', async ({ logIn, send, received, logins }) => {
      await logIn(`ws://127.0.0.1:${first.port}`, ['alice']);
      expect(await received(1)).toEqual([{ from: 1n, ...seven }]);
      const answer = send(bob, '还在吗？');
      const [arrival] = await first.arrivals.until(1);
      await first.kill();

      // The new server does not know what the old one has delivered.
      const second = await startProcess({ port: first.port, inbox: [seven, eight] });
      expect(await answer).toEqual({ messageId: 101n });
      expect(arrival.clientMessageId).not.toBe('');
      expect(second.arrivals.items).toEqual([arrival]);
      expect(await logins(2)).toEqual([alice, alice]);
      expect(await received(2)).toEqual([seven, eight].map((message) => ({ from: 1n, ...message })));
      // The connection is a whole one.
      expect(await send(alice, 'to myself')).toEqual({ messageId: 102n });
      expect((await received(3)).slice(2)).toEqual([{ from: alice, messageId: 102n, text: 'to myself' }]);
    });
    // Chromium tells on the console what a page may not learn: that nobody listened.
    expect(
      complaints.filter((line) => !/WebSocket connection to .* failed: .*ERR_CONNECTION_(REFUSED|RESET)/.test(line)),
    ).toEqual([]);
  });

  it('a server that drains: what is open is answered there, and what comes next goes to the server after it', async () => {
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const old = await startChat({ answerAfter: () => answered });
    await inRealm(place, 'client', async ({ logIn, send, logins, state }) => {
      await logIn(old.url, ['alice']);
      const last = send(bob, 'to the old one');
      await old.arrivals.until(1);
      const drained = old.server.drain({ graceMs: 60_000, reconnectAfterMs: 0, reason: 'an update' });
      const next = await startChat({ port: old.server.port });
      onTestFinished(() => next.server.close());
      const first = send(bob, 'to the next one');
      answer();

      expect(await last).toEqual({ messageId: 101n });
      expect(await first).toEqual({ messageId: 101n });
      // The client goes from the old server by itself, long before the time is over.
      await drained;
      expect(await logins(2)).toEqual([alice, alice]);
      expect(await state()).toBe('authenticated');
      expect(old.arrivals.items.map(({ text }) => text)).toEqual(['to the old one']);
      expect(next.arrivals.items.map(({ text }) => text)).toEqual(['to the next one']);
    });
  });
});

it('a client in a Worker goes on while its page stands still', async () => {
  const { server, url } = await startChat();
  onTestFinished(() => server.close());
  await inRealm('worker', 'client', async ({ logIn, received }, page) => {
    await logIn(url, ['alice']);
    // Nothing runs in a page as long as its dialog is open.
    const opened = page.waitForEvent('dialog');
    const stood = page.evaluate(() => (globalThis as unknown as { alert(text: string): void }).alert('stop'));
    const dialog = await opened;
    const connection = server.connections.get(alice, 1)!;
    for (const messageId of [1n, 2n, 3n]) {
      expect(await connection.request(privateMessage(bob, alice, messageId, `message ${messageId}`))).toMatchObject({
        data: { $case: 'sendResult', value: { code: 1, messageId } },
      });
    }
    await dialog.accept();
    await stood;
    expect((await received(3)).map(({ text }) => text)).toEqual(['message 1', 'message 2', 'message 3']);
  });
});
