// TCP, WebSocket and HTTP share a port: the first byte tells which it is.
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { ASK, ask, custom, textOf } from '../connection/messages.js';
import { HELLO, LOGIN, Received, send, tcp, websocket } from './foreign.js';
import { host } from './host.js';

/** What a plain request of HTTP gets. */
function get(port: number): Promise<{ status: number | undefined; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/health' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
    });
    asked.on('error', reject).end();
  });
}

it('all three at the same time', async () => {
  const { client, port, server, logins } = await host();
  const [overTcp, overWebsocket, overHttp] = await Promise.all([
    client('tcp'),
    client('ws', { login: { accessToken: 'b', deviceId: 'd' } }),
    get(port),
  ]);
  expect(overHttp.status).toBe(426);
  expect(overHttp.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade, close' });
  expect(logins.map(({ transport }) => transport).sort()).toEqual(['tcp', 'websocket']);
  expect(server.connectionCount).toBe(1);
  await Promise.all([overTcp.close(), overWebsocket.close()]);
});

it.each(['tcp', 'ws'])('%s: a request and its reply', async (protocol) => {
  const { client, logins } = await host();
  const connected = await client(protocol);
  expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
  expect(logins[0].remoteAddress).toBe('127.0.0.1');
  expect(connected.agreement?.connectionId).toBe(logins[0].id);
});

it('HTTP requests go to the option http', async () => {
  const { port } = await host({ http: (_request, response) => void response.end('well') });
  expect(await get(port)).toMatchObject({ status: 200, text: 'well' });
});

it('TCP one byte at a time', async () => {
  const { port } = await host();
  const { socket, received } = await tcp(port);
  for (const byte of Buffer.concat([HELLO, LOGIN])) {
    socket.write(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
  await received.count(2);
  expect(received.names).toEqual(['Welcome', '1']);
});

it('a WebSocket one byte at a time: its upgrade, and its messages', async () => {
  const { port, logins } = await host();
  const { socket } = await tcp(port);
  socket.removeAllListeners('data');
  const lines = [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: im.v1, im',
    '',
    '',
  ];
  let answer = Buffer.alloc(0);
  const received = new Received();
  socket.on('data', (chunk) => {
    answer = Buffer.concat([answer, chunk]);
    received.take(new Uint8Array(0));
  });
  const flight = Buffer.concat([HELLO, LOGIN]);
  // FIN and binary; masked with zeros.
  const message = Buffer.concat([Uint8Array.of(0x82, 0xfe, flight.length >> 8, flight.length & 255, 0, 0, 0, 0), flight]);
  for (const byte of Buffer.concat([Buffer.from(lines.join('\r\n')), message])) {
    socket.write(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
  await received.until(() => logins.length > 0);
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Protocol: im\.v1\r\n/);
});

it.each([
  [['im.v1', 'im'], 'im.v1'],
  [['im', 'im.v1'], 'im.v1'],
  [['im.v9', 'im'], 'im'],
  [['im'], 'im'],
])('of the subprotocols %o it picks %s', async (offered, chosen) => {
  const { port } = await host();
  const { socket } = await websocket(port, offered);
  expect(socket.protocol).toBe(chosen);
});

it('permessage-deflate is not negotiated, even if it is offered', async () => {
  const { port } = await host();
  const { socket } = await websocket(port, ['im.v1'], { perMessageDeflate: true });
  expect(socket.extensions).toBe('');
});

it('several frames in one message', async () => {
  const { port } = await host();
  const { socket, received } = await websocket(port);
  const asked = ['a', 'b', 'c'].map((text, i) => send({ ...custom(text), sequence: i + 2 }));
  socket.send(Buffer.concat([HELLO, LOGIN]));
  await received.count(2);
  socket.send(Buffer.concat(asked));
  await received.count(5);
  expect(received.names).toEqual(['Welcome', '1', '1000', '1000', '1000']);
});

it('a message in fragments', async () => {
  const { port } = await host();
  const { socket, received } = await websocket(port);
  const flight = Buffer.concat([HELLO, LOGIN]);
  for (let i = 0; i < flight.length; i++) socket.send(flight.subarray(i, i + 1), { binary: true, fin: i === flight.length - 1 });
  await received.count(2);
  expect(received.names).toEqual(['Welcome', '1']);
});

it('Hello, LOGIN and the Welcome: one message each way', async () => {
  const seen: string[] = [];
  const { client } = await host({ trace: (_connection, direction) => void seen.push(direction) });
  let isOpen = false;
  const flights: string[] = [];
  await client('ws', {
    trace(direction) {
      isOpen = true;
      if (flights.at(-1) !== direction) flights.push(direction);
    },
  });
  expect(isOpen).toBe(true);
  expect(flights).toEqual(['sent', 'received']);
  expect(seen[0]).toBe('received');
});
