// Over TLS the version is settled by ALPN, so that Hello and LOGIN go out in one flight though several versions are offered.
import { once } from 'node:events';
import { createConnection as connectPlain } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/node/index.js';
import { ASK, ask, textOf } from '../connection/messages.js';
import { host, TOKEN } from './host.js';
import { CERTIFICATE } from './tls/certificate.js';

const insecure = { rejectUnauthorized: false };

/** The types of the frames that the client has sent before it received anything. */
function firstFlight(): { readonly types: number[]; trace(direction: 'received' | 'sent', bytes: Uint8Array): void } {
  const types: number[] = [];
  let hasReceived = false;
  return {
    types,
    trace(direction, bytes) {
      if (direction === 'received') hasReceived = true;
      else if (!hasReceived) types.push(bytes[5]);
    },
  };
}

describe.each<[readonly number[], readonly number[], number]>([
  [[1, 2], [1, 2], 2],
  [[1, 2], [1], 1],
  [[1, 2], [2], 2],
  [[1], [1, 2], 1],
])('a client of %o and a server of %o', (ofClient, ofServer, version) => {
  it('agree over TLS in one flight', async () => {
    const { client, logins } = await host({ tls: CERTIFICATE, versions: ofServer });
    const { types, trace } = firstFlight();
    const connected = await client('tls', { tls: insecure, versions: ofClient, trace });
    expect(textOf(await connected.request(ASK, ask('a')))).toBe('re a');
    expect([types, logins[0].version]).toEqual([[64, 7], version]);
  });

  it('agree over plain TCP, after the Welcome where several versions are offered', async () => {
    const { client, logins } = await host({ versions: ofServer });
    const { types, trace } = firstFlight();
    await client('tcp', { versions: ofClient, trace });
    expect([types, logins[0].version]).toEqual([ofClient.length === 1 ? [64, 7] : [64], version]);
  });
});

it('a client whose server does no ALPN waits for the Welcome', async () => {
  // TLS ends at a proxy that knows nothing of ALPN.
  const { port, logins } = await host();
  const proxy = createServer({ ...CERTIFICATE }, (socket) => {
    const plain = connectPlain(port);
    socket.pipe(plain).pipe(socket);
    for (const each of [socket, plain]) each.on('error', () => {});
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const { types, trace } = firstFlight();
  const address = proxy.address() as { port: number };
  const connected = await connect(`tls://127.0.0.1:${address.port}`, {
    login: TOKEN,
    tls: { ...insecure, ALPNProtocols: [] },
    trace,
  });
  expect([types, logins[0].version]).toEqual([[64], 2]);
  await connected.close();
});

it.each<[string[], string | false]>([
  [['im.v2', 'im.v1', 'im'], 'im.v2'],
  [['im.v9', 'im'], 'im'],
  [['http/1.1'], 'http/1.1'],
  [['h2', 'http/1.1'], 'http/1.1'],
  [['other'], 'other'],
])('a server picks of %o in ALPN %o, and keeps the connection', async (ALPNProtocols, picked) => {
  const { port } = await host({ tls: CERTIFICATE });
  const socket = connectTls({ host: '127.0.0.1', port, ...insecure, ALPNProtocols });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe(picked);
});

it('leaves ALPN to an application that has its own', async () => {
  const { port } = await host({ tls: { ...CERTIFICATE, ALPNProtocols: ['mine'] } });
  const socket = connectTls({ host: '127.0.0.1', port, ...insecure, ALPNProtocols: ['mine', 'im'] });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe('mine');
});
