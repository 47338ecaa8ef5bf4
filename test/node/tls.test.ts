// TLS in the place of TCP, wss: in the place of ws:, on one port.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { connect } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { host, TOKEN } from './host.js';

const file = (name: string): string => readFileSync(new URL(`tls/${name}`, import.meta.url), 'utf8');
const tls = { key: file('key.pem'), cert: file('cert.pem') };
const ca = tls.cert;

it.each(['tls', 'wss'])('%s: a request and its reply', async (protocol) => {
  const { client, logins } = await host({ tls });
  const connected = await client(protocol, { tls: { ca } });
  expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
  expect(logins[0].transport).toBe(protocol === 'tls' ? 'tcp' : 'websocket');
});

it.each(['tls', 'wss'])('%s: an untrusted certificate rejects, with the cause', async (protocol) => {
  const { url } = await host({ tls });
  await expect(connect(url(protocol), { login: TOKEN })).rejects.toThrow(
    '[CLOSED] the connection could not be opened: self-signed',
  );
});

it('a host name is sent as the server name, an IP address is not', async () => {
  const names: unknown[] = [];
  const warnings: string[] = [];
  const warn = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warn);
  const SNICallback = (name: string, done: (error: Error | null) => void): void => {
    names.push(name);
    done(null);
  };
  const { client, port } = await host({ tls: { ...tls, SNICallback }, host: undefined });
  await client('tls', { tls: { ca } });
  const named = await connect(`tls://localhost:${port}`, { login: TOKEN, tls: { ca } });
  await named.close();
  process.off('warning', warn);
  expect([names, warnings]).toEqual([['localhost'], []]);
});

it('a client that does not complete the TLS handshake is cut off', async () => {
  const { port } = await host({ tls, handshakeTimeoutMs: 150 });
  const socket = createConnection(port, '127.0.0.1');
  socket.resume();
  await once(socket, 'close');
});

it('a client in the middle of it does not keep the server from closing', async () => {
  const { port, server } = await host({ tls });
  const socket = createConnection(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.resume();
  await server.close();
  await closed;
});

it('plain TCP on a TLS port does not affect others', async () => {
  const { client, port } = await host({ tls });
  const socket = createConnection(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(new Uint8Array(100));
  await once(socket, 'close');
  await client('tls', { tls: { ca } });
});
