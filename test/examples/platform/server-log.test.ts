// The log of an IM server has what its operators need, and no secrets.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { Command, createHello, encodeFrame, type SendInfoInit, Terminal } from '@im/protocol';
import { connect } from '@im/protocol/node';
import { type Logger, pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Chat, startChat } from '../../../examples/chat/start-chat.js';
import { ALICE, BOB } from './world.js';

const TEXT = 'dear diary, this is private';
const DEVICE = 'device-4711';
const people = {
  users: new Map([
    [ALICE, 'alice'],
    [BOB, 'bob'],
  ]),
  groups: new Map(),
  rooms: new Set<bigint>(),
};

type Line = Readonly<Record<string, unknown>>;

async function start(level: string): Promise<{ chat: Chat; port: number; lines: Line[]; text: () => string }> {
  let written = '';
  const log: Logger = pino(
    { level },
    {
      write(line: string) {
        written += line;
      },
    },
  );
  const chat = await startChat({ people });
  onTestFinished(() => chat.close());
  const { port } = await chat.startServer(1, { log });
  return {
    chat,
    port,
    get lines() {
      return written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line);
    },
    text: () => written,
  };
}

const send = (message: SendInfoInit) => encodeFrame('SendInfo', message);

it('has connections, LOGINs, requests and refused frames with ids, codes and durations, and neither tokens nor texts', async () => {
  const world = await start('debug');
  const accessToken = await world.chat.tokens.issue({ userId: ALICE, terminal: Terminal.WEB });
  const client = await connect(`tcp://127.0.0.1:${world.port}`, { login: { accessToken, deviceId: DEVICE } });
  const content = { body: { $case: 'text', value: { text: TEXT } } } as const;
  await client.request(Command.PRIVATE_MESSAGE, { receiverId: BOB, content });
  // The platform refuses it.
  await client.request(Command.GROUP_MESSAGE, { groupId: 999n, content }).catch(() => {});
  await client.close();

  const token = `${accessToken}x`;
  const socket = createConnection(world.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(encodeFrame('Hello', createHello({ versions: [1], agent: TEXT })));
  // A frame that is refused: the text in it stays out of the log.
  const login = { accessToken: token, deviceId: DEVICE };
  socket.write(send({ cmd: Command.LOGIN, sequence: 1, data: { $case: 'login', value: login } }));
  await once(socket, 'close');
  const early = createConnection(world.port, '127.0.0.1');
  early.on('error', () => {});
  early.resume();
  const sender = { userId: ALICE, terminal: Terminal.WEB };
  const early1 = { sender, receiverId: BOB, content };
  early.write(encodeFrame('Hello', createHello({ versions: [1] })));
  early.write(send({ cmd: Command.PRIVATE_MESSAGE, sequence: 1, data: { $case: 'privateMessage', value: early1 } }));
  await once(early, 'close');
  await vi.waitFor(() => expect(world.lines.filter(({ msg }) => msg === 'close')).toHaveLength(3), 10_000);

  const found = (msg: string) => world.lines.filter((line) => line.msg === msg);
  const ms = expect.any(Number);
  const connection = expect.stringMatching(/^1-/);
  const user = { connection, transport: 'tcp', user: String(ALICE), terminal: Terminal.WEB };
  expect(found('open')).toHaveLength(3);
  expect(found('open')[0]).toMatchObject({ connection, transport: 'tcp', address: '127.0.0.1' });
  expect(found('handshake').map(({ version }) => version)).toEqual([2, 1, 1]);
  expect(found('login')).toMatchObject([
    { ...user, level: 30, code: 'OK', isRenewal: false, ms },
    { connection, level: 40, code: 'UNAUTHENTICATED', isRenewal: false, ms },
  ]);
  expect(found('request')).toMatchObject([
    { ...user, level: 20, command: 'PRIVATE_MESSAGE', code: 'OK', ms },
    { ...user, level: 40, command: 'GROUP_MESSAGE', code: expect.any(String), ms },
  ]);
  expect(found('frame refused')).toMatchObject([{ level: 40, code: 'LOGIN_REQUIRED' }]);
  expect(found('close').map(({ code }) => code)).toEqual([undefined, 'UNAUTHENTICATED', 'LOGIN_REQUIRED']);
  expect(found('logging failed')).toEqual([]);
  for (const secret of [accessToken, token, accessToken.split('.')[2], TEXT, 'diary', DEVICE])
    expect(world.text()).not.toContain(secret);
});

it('is empty when it is silent', async () => {
  const world = await start('silent');
  const accessToken = await world.chat.tokens.issue({ userId: ALICE, terminal: Terminal.WEB });
  const client = await connect(`tcp://127.0.0.1:${world.port}`, { login: { accessToken } });
  await client.close();
  expect(world.text()).toBe('');
});
