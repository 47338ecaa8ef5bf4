// A client asks for a token before each connection, and that may take its time, or fail.
import { expect, it, onTestFinished } from 'vitest';
import { type LoginInfoInit, ProtocolError } from '../../src/index.js';
import { type Client, connect, listen, type Server, type ServerConnection } from '../../src/node/index.js';

const user = { userId: 1n, terminal: 1 };

interface Host {
  readonly server: Server;
  readonly url: string;
  /** All that ever logged in. */
  readonly logins: ServerConnection[];
  readonly closed: ServerConnection[];
}

async function host(): Promise<Host> {
  const logins: ServerConnection[] = [];
  const closed: ServerConnection[] = [];
  const server = await listen({
    host: '127.0.0.1',
    login: () => user,
    message: () => undefined,
    onLogin: (connection) => void logins.push(connection),
    onClose: (connection) => void closed.push(connection),
  });
  onTestFinished(() => server.close());
  return { server, url: `tcp://127.0.0.1:${server.port}`, logins, closed };
}

async function start(url: string, login: () => LoginInfoInit | Promise<LoginInfoInit>): Promise<[Client, string[]]> {
  const reasons: string[] = [];
  const onReconnect = ({ message }: ProtocolError): void => void reasons.push(message);
  const client = await connect(url, { login, onReconnect, reconnect: { baseMs: 1 } });
  onTestFinished(async () => void (await client.close()));
  return [client, reasons];
}

const overloaded = new ProtocolError('OVERLOADED', 'come back later');
const LOST = '[OVERLOADED] error from the peer: "come back later"';

it('a temporary failure of `login` is retried', async () => {
  const { url, logins } = await host();
  let asked = 0;
  const [, reasons] = await start(url, () => {
    asked += 1;
    if (asked === 2) throw new Error('no token today');
    return { accessToken: `token-${asked}` };
  });
  logins[0].close(overloaded);
  await expect.poll(() => logins.length).toBe(2);
  expect(asked).toBe(3);
  expect(reasons).toEqual([LOST, '[CLOSED] login failed: no token today']);
});

it('a permanent failure of `login` ends the client', async () => {
  const { url, logins } = await host();
  const tokens = [{ accessToken: 'one' }];
  const [client] = await start(url, () => {
    const token = tokens.shift();
    if (token === undefined) throw new ProtocolError('UNAUTHENTICATED', 'the user has signed out');
    return token;
  });
  logins[0].close(overloaded);
  expect((await client.closed)?.message).toBe('[UNAUTHENTICATED] the user has signed out');
});

it('a failure of the first `login` fails the connection', async () => {
  const { url } = await host();
  const login = (): never => {
    throw new Error('no token today');
  };
  await expect(start(url, login)).rejects.toThrow('[CLOSED] login failed: no token today');
});

it('a token that breaks a rule ends the client with that rule, and closes the connection', async () => {
  const { server, url, logins } = await host();
  const tokens = ['one', 'with a space', 'three'];
  const [client, reasons] = await start(url, () => ({ accessToken: tokens.shift()! }));
  logins[0].close(overloaded);
  const text = '[INVALID_MESSAGE] SendInfo breaks 1 rule: login.accessToken: character 4 is not in [!-~]';
  expect((await client.closed)?.message).toBe(text);
  expect(reasons).toEqual([LOST]);
  await expect.poll(() => server.connectionCount).toBe(0);
});

it('while `login` is called for the next server, the end of the draining connection starts no second one', async () => {
  const { server, url, logins, closed } = await host();
  const waiting: ((token: LoginInfoInit) => void)[] = [];
  const [client] = await start(url, () => {
    if (logins.length === 0) return { accessToken: 'one' };
    return new Promise((resolve) => void waiting.push(resolve));
  });
  logins[0].drain({ graceMs: 60_000, reconnectAfterMs: 0 });
  await expect.poll(() => waiting.length).toBe(1);
  logins[0].close();
  await expect.poll(() => closed.length).toBe(1);
  // The client has learned of it when another connection of this process has come and gone.
  await (await connect(url, { login: { accessToken: 'other' }, reconnect: false })).close();
  for (const resolve of waiting) resolve({ accessToken: 'two' });
  await expect.poll(() => client.state).toBe('authenticated');
  expect(waiting).toHaveLength(1);
  expect(logins).toHaveLength(3);
  expect(server.connectionCount).toBe(1);
});

it('after TOKEN_EXPIRED the client comes back with another token, and ends with the same one', async () => {
  const { url, logins } = await host();
  const tokens = ['one', 'two', 'two'];
  const [client] = await start(url, () => ({ accessToken: tokens.shift() ?? 'none' }));
  logins[0].close(new ProtocolError('TOKEN_EXPIRED', 'the token has expired'));
  await expect.poll(() => logins.length).toBe(2);
  logins[1].close(new ProtocolError('TOKEN_EXPIRED', 'the token has expired'));
  await expect.poll(() => client.state).toBe('closed');
  expect([logins.length, tokens]).toEqual([2, []]);
});
