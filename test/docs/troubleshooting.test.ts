// The error texts in docs/troubleshooting.md are those that a user meets: each is provoked here. A "…" in the page stands for any text.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command, encodeFrame, ProtocolError, Terminal } from '../../src/index.js';
import { type Client, type ConnectOptions, connect, type ListenOptions, listen, type Server } from '../../src/node/index.js';
import { ROOT } from '../package/root.js';
import { tableRows } from './markdown.js';

const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
/** Symptoms that are a text in code: an error of ours, or of the system by way of it. */
const symptoms = tableRows(page).flatMap(
  ([symptom]) => /^`((?:\[[A-Z_]+\]|connect takes|listen E).*?)`/.exec(symptom)?.[1] ?? [],
);
const patterns = symptoms.map((text) => ({
  text,
  pattern: new RegExp(`^${text.split('…').map(escaped).join('[^]*')}$`),
}));

const TEXT = { body: { $case: 'text', value: { text: 'x' } } } as const;
const LOGIN = { accessToken: 'a' };
const texts: string[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];

/** Notes the text of what it rejects with. */
async function provoke(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    texts.push((error as Error).message);
  }
}

async function serve(options: Partial<ListenOptions> = {}): Promise<{ server: Server; url: string }> {
  const server = await listen({
    host: '127.0.0.1',
    login: () => ({ userId: 1n, terminal: Terminal.APP, sessionId: 's' }),
    message: () => undefined,
    onClose: (_connection, error) => error && texts.push(error.message),
    onError: () => {},
    ...options,
  });
  cleanUp.push(() => server.close());
  return { server, url: `127.0.0.1:${server.port}` };
}

const dial = async (url: string, options: Partial<ConnectOptions> = {}): Promise<Client> => {
  const client = await connect(url, { login: LOGIN, reconnect: false, ...options });
  cleanUp.push(() => client.close());
  return client;
};

/** A server on TCP that is none of ours. */
async function foreign(answer: string): Promise<string> {
  const server: NetServer = createServer((socket) => {
    socket.on('error', () => {});
    if (answer !== '') socket.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(async () => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('docs/troubleshooting.md', () => {
  beforeAll(async () => {
    await provokeConnecting();
    await provokeLogins();
    await provokeRequests();
  });
  afterAll(async () => {
    for (const close of cleanUp.reverse()) await close();
  });

  it('lists many texts', () => {
    expect(symptoms.length).toBeGreaterThan(20);
  });

  it.each(patterns)('$text', ({ pattern }) => {
    expect(texts.filter((text) => pattern.test(text))).not.toEqual([]);
  });
});

async function provokeConnecting(): Promise<void> {
  const { server, url } = await serve({ commands: { 1000: 'A' } });
  const gone = await foreign('');
  await cleanUp.pop()!();
  await provoke(() => dial(`tcp://${gone}`));
  await provoke(() => dial('http://127.0.0.1:9'));
  await provoke(() => dial('tcp://127.0.0.1'));
  await provoke(() => dial(`tls://${url}`));
  await provoke(async () => dial(`tcp://${await foreign('HTTP/1.1 400 Bad Request\r\n\r\n')}`));
  await provoke(async () => dial(`tcp://${await foreign('')}`, { handshakeTimeoutMs: 100 }));
  await provoke(() => dial(`tcp://${url}`, { versions: [3], grease: false }));
  await provoke(() => dial(`tcp://${url}`, { commands: { 1000: 'B' } }));
  await provoke(() => dial(`tcp://${url}`, { maxFrameBytes: 1000 }));
  const full = await serve({ maxConnections: 1 });
  await dial(`tcp://${full.url}`);
  for (const scheme of ['tcp', 'ws']) await provoke(() => dial(`${scheme}://${full.url}`));
  await provoke(() => serve({ port: server.port }));
  const proxied = await serve({
    trustProxy: ['127.0.0.1'],
    proxyProtocol: true,
    onError: (error) => texts.push((error as Error).message),
  });
  await provoke(() => dial(`tcp://${proxied.url}`));
}

async function provokeLogins(): Promise<void> {
  const { url } = await serve({
    login: ({ accessToken }) => {
      if (accessToken === 'bad') throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
      if (accessToken === 'broken') throw new TypeError('the database is away');
      return { userId: 1n, terminal: Terminal.APP, sessionId: 's' };
    },
  });
  for (const accessToken of ['Bearer x', 'bad', 'broken']) await provoke(() => dial(`tcp://${url}`, { login: { accessToken } }));
  const first = await dial(`tcp://${url}`, { login: { accessToken: 'a', deviceId: 'old' } });
  await dial(`tcp://${url}`, { login: { accessToken: 'a', deviceId: 'new' } });
  texts.push((await first.closed)?.message ?? '');
}

async function provokeRequests(): Promise<void> {
  const { url } = await serve({
    message: ({ cmd }) => {
      if (cmd === 1001) throw new TypeError('not written yet');
      return cmd === 1002 ? new Promise(() => {}) : undefined;
    },
  });
  const client = await dial(`tcp://${url}`);
  const sender = { userId: 9n, terminal: Terminal.APP };
  await provoke(() => client.request(1000, undefined));
  await provoke(() => client.request(1001, undefined));
  await provoke(() => client.request(1002, undefined, { timeoutMs: 20 }));
  await provoke(() => client.request(Command.PRIVATE_MESSAGE, { receiverId: 2n, sender, content: TEXT }));
  await provoke(() => client.request(Command.PRIVATE_MESSAGE, { receiverId: 2 as unknown as bigint, content: TEXT }));
  await provoke(() => client.request(Command.PRIVATE_MESSAGE, { receiver_id: 2n, content: TEXT } as object));
  await provoke(() => client.request(Command.PRIVATE_MESSAGE, { receiverId: 2n }));
  await provoke(() => encodeFrame('SendInfo', { cmd: Command.LOGIN, data: { $case: 'heartbeat', value: {} } }));
  await client.close();
  await provoke(() => client.request(1000, undefined));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
