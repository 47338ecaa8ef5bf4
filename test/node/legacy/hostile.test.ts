// Hostile and mistaken clients on a port that also serves older ones.
import { describe, expect, it } from 'vitest';
import { legacyProfile } from '../../../src/legacy/index.js';
import { HELLO, LOGIN, tcp, websocket } from '../foreign.js';
import { type Host, host, TOKEN } from '../host.js';
import { framed, OlderClient } from './older-client.js';

const BOX_IM = legacyProfile('box-im');
const QUICK = { legacy: BOX_IM, handshakeTimeoutMs: 150, loginTimeoutMs: 150, heartbeatIntervalMs: 1000 };
const OPEN = [
  ['WebSocket', (port: number) => OlderClient.websocket(port)],
  ['TCP', (port: number) => OlderClient.tcp(port, 8)],
] as const;

describe.each(OPEN)('on %s', (_name, open) => {
  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['deep nesting', `${'['.repeat(20_000)}`.replace('[', '{"cmd":0,"data":[').slice(0, 9000)],
    ['a key twice', '{"cmd":0,"cmd":1,"data":{"accessToken":"t"}}'],
    ['__proto__', '{"cmd":0,"data":{"accessToken":"t","__proto__":{}}}'],
    ['a command without a login', '{"cmd":3,"data":{"id":1,"sendId":1,"recvId":2,"content":"x","type":0,"sendTime":1}}'],
    ['an unknown command', '{"cmd":77,"data":{}}'],
    ['a token that is no text', '{"cmd":0,"data":{"accessToken":5}}'],
    ['the keys of a fork', '{"systemInfo":0,"data":{"accessToken":"t"}}'],
    ['a login of a fork', '{"cmd":0,"data":{"token":"t","deviceType":1}}'],
    ['a login with the heartbeat of another numbering', '{"cmd":1,"data":{"accessToken":"t"}}'],
    ['a huge number', `{"cmd":${'9'.repeat(400)},"data":null}`],
  ])('%s before LOGIN closes, without an answer', async (_what, text) => {
    const { port, ends, logins } = await host(QUICK);
    const client = await open(port);
    client.send(text);
    await client.closed();
    expect([client.texts.filter((one) => one.includes('"cmd":0')), logins]).toEqual([[], []]);
    expect(ends.length).toBe(1);
    expect(ends[0]).toBeDefined();
  });

  it('silence after the connection, and after a heartbeat, ends', async () => {
    const { port, ends } = await host(QUICK);
    const silent = await open(port);
    const beating = await open(port);
    beating.send({ cmd: 1, data: {} });
    await Promise.all([silent.closed(), beating.closed()]);
    expect(ends.toSorted()).toEqual(['HANDSHAKE_TIMEOUT', 'IDLE_TIMEOUT']);
  });

  it('an invalid text after LOGIN is a notice, and too many of them close', async () => {
    const current: Host = await host({ legacy: BOX_IM });
    const client = await (await open(current.port)).login(TOKEN.accessToken);
    client.send('{"cmd":');
    client.send({ cmd: 1, data: {} });
    await client.count(2);
    expect(current.notices.map(({ code }) => code)).toEqual(['INVALID_MESSAGE']);
    for (let i = 0; i < 200; i++) client.send('[]');
    await client.closed();
    expect(current.ends).toEqual(['RATE_LIMITED']);
  });

  it.each([
    [65_535, false],
    [65_536, false],
    [65_537, true],
  ])('a text of %i bytes after LOGIN', async (bytes, isRefused) => {
    const { port, notices, ends } = await host({ legacy: BOX_IM });
    const client = await (await open(port)).login(TOKEN.accessToken);
    const start = '{"cmd":1,"data":{"x":"';
    client.send(`${start}${'y'.repeat(bytes - start.length - 3)}"}}`);
    client.send({ cmd: 1, data: {} });
    await client.count(3);
    expect(client.texts.length).toBe(isRefused ? (client.isClosed ? 1 : 2) : 3);
    expect([...notices.map(({ code }) => code), ...ends]).toEqual(isRefused ? ['FRAME_TOO_LARGE'] : []);
  });
});

it('a binary message after a text closes a WebSocket, and a text after a frame', async () => {
  const { port, ends } = await host({ legacy: BOX_IM });
  const older = await (await OlderClient.websocket(port)).login(TOKEN.accessToken);
  older.sendBytes(HELLO);
  await older.closed();
  expect(ends).toEqual(['MALFORMED_PAYLOAD']);
  const { socket, received } = await websocket(port);
  socket.send(HELLO);
  await received.count(1);
  socket.send('{"cmd":1,"data":{}}');
  await received.ended();
  expect(received.closeCode).toBe(1003);
});

describe('on TCP', () => {
  it('frames are read as without older clients, in single bytes too', async () => {
    const { port, logins } = await host({ legacy: BOX_IM });
    const { socket, received } = await tcp(port);
    for (const byte of Buffer.concat([HELLO, LOGIN])) {
      socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await received.count(2);
    expect([received.names, logins[0].legacy, logins[0].version]).toEqual([['Welcome', '1'], undefined, 1]);
  });

  it.each([
    ['negative', Buffer.from('ffffffffffffffff7b', 'hex'), 'FOREIGN_PROTOCOL'],
    ['of 4 GiB', Buffer.from('00000001000000007b', 'hex'), 'MALFORMED_HELLO'],
    ['of 2 GiB', Buffer.from('00000000800000007b', 'hex'), 'FRAME_TOO_LARGE'],
    ['of 0', Buffer.from('0000000000000000', 'hex'), 'FRAME_TOO_SHORT'],
    ['of 4 bytes', framed('{"cmd":0,"data":{"accessToken":"t"}}', 4), 'FOREIGN_PROTOCOL'],
    ['above 16384 before LOGIN', framed('x'.repeat(16_384), 8), 'FRAME_TOO_LARGE'],
  ])('a length %s is refused', async (_what, bytes, code) => {
    const { port, ends } = await host({ legacy: BOX_IM });
    const client = await OlderClient.tcp(port, 8);
    client.sendBytes(bytes);
    await client.closed();
    expect(ends).toEqual([code]);
  });

  it('a length and no bytes ends before LOGIN, and after it', async () => {
    const { port, ends } = await host(QUICK);
    const client = await OlderClient.tcp(port, 8);
    client.sendBytes(framed('x'.repeat(100), 8).subarray(0, 20));
    await client.closed();
    expect(ends).toEqual(['IDLE_TIMEOUT']);
    const later = await (await OlderClient.tcp(port, 8)).login(TOKEN.accessToken);
    later.sendBytes(framed('x'.repeat(60_000), 8).subarray(0, 20));
    await later.closed();
    expect(ends).toEqual(['IDLE_TIMEOUT', 'IDLE_TIMEOUT']);
  });

  it('thousands of texts in one chunk are handled', async () => {
    const { port } = await host({ legacy: BOX_IM });
    const client = await (await OlderClient.tcp(port, 8)).login(TOKEN.accessToken);
    client.sendBytes(Buffer.concat(new Array(5000).fill(framed('{"cmd":1}', 8))));
    await client.count(5001);
    expect(client.texts.length).toBe(5001);
  });
});
