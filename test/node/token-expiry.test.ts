// Tokens that expire while their connection is open, over real sockets.
import { expect, it } from 'vitest';
import { ASK, ask, textOf } from '../connection/messages.js';
import { ALICE, host } from './host.js';

/** A server whose first token lives for a while, and what it was given. */
async function expiring(lifeMs: number) {
  const tokens: string[] = [];
  const server = await host({
    login: ({ accessToken }) => {
      tokens.push(accessToken);
      return { ...ALICE, tokenExpiresAtMs: tokens.length === 1 ? BigInt(Date.now() + lifeMs) : 0n };
    },
  });
  return { ...server, tokens };
}

it.each(['tcp', 'ws'])(
  'over %s, the server closes with TOKEN_EXPIRED, and the client comes back with a new token',
  async (protocol) => {
    // Less than a second: the client does not renew it.
    const { client, tokens, logins, ends } = await expiring(500);
    const [asked, reasons]: [string[], string[]] = [[], []];
    const connected = await client(protocol, {
      login: () => {
        asked.push(`token-${asked.length + 1}`);
        return { accessToken: asked.at(-1)! };
      },
      reconnect: { baseMs: 1 },
      onReconnect: ({ code }) => void reasons.push(String(code)),
    });
    await expect.poll(() => logins.length, { timeout: 10_000 }).toBe(2);
    await expect.poll(() => connected.state, { timeout: 10_000 }).toBe('authenticated');
    expect([tokens, asked, reasons, ends]).toEqual([
      ['token-1', 'token-2'],
      ['token-1', 'token-2'],
      ['TOKEN_EXPIRED'],
      ['TOKEN_EXPIRED'],
    ]);
    expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
  },
);

it.each(['tcp', 'ws'])('over %s, a client whose token is fixed ends with TOKEN_EXPIRED', async (protocol) => {
  const { client, tokens } = await expiring(500);
  const connected = await client(protocol, { login: { accessToken: 'fixed' }, reconnect: { baseMs: 1 } });
  expect((await connected.closed)?.code).toBe('TOKEN_EXPIRED');
  expect(tokens).toEqual(['fixed']);
});

it('a token that lives longer is renewed on its connection before it expires, over tcp and ws', async () => {
  const renewed = async (protocol: string): Promise<void> => {
    const { client, tokens, logins, ends, server } = await expiring(5000);
    let count = 0;
    const connected = await client(protocol, { login: () => ({ accessToken: `token-${++count}` }) });
    await expect.poll(() => tokens, { timeout: 20_000 }).toEqual(['token-1', 'token-2']);
    expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
    expect([logins.length, ends, server.connectionCount]).toEqual([1, [], 1]);
  };
  await Promise.all(['tcp', 'ws'].map(renewed));
});
