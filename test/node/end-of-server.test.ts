// A server that drains or closes.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connect, type Server } from '../../src/node/index.js';
import { ASK, ask, custom, textOf } from '../connection/messages.js';
import { HELLO, loggedInTcp, tcp } from './foreign.js';
import { host, TOKEN } from './host.js';

/** Its process ends: see processes.test.ts. */
function nothingIsOpen(server: Server): void {
  expect(server.connectionCount).toBe(0);
  expect(server.connections.size).toBe(0);
}

describe('close', () => {
  it('ends connections in every state', async () => {
    const { client, port, server } = await host();
    const [overTcp, overWebsocket] = [await client('tcp'), await client('ws', { login: { accessToken: 'b' }, reconnect: false })];
    const silent = await tcp(port);
    const greeted = await tcp(port);
    greeted.socket.write(HELLO);
    await greeted.received.count(1);
    await server.close();
    nothingIsOpen(server);
    await Promise.all([silent.received.ended(), greeted.received.ended(), overWebsocket.closed]);
    await overTcp.close();
  });

  it('sends all earlier pushes first', async () => {
    const { client, server, logins } = await host();
    const connected = await client('tcp', { reconnect: false });
    const text = 'x'.repeat(1_000_000);
    logins[0].push(custom(text));
    await server.close();
    const { value } = await connected[Symbol.asyncIterator]().next();
    expect(textOf(value)).toHaveLength(text.length);
  });

  it('may be called again, and while it drains', async () => {
    const { client, server } = await host();
    await client('tcp', { reconnect: false });
    const drained = server.drain({ graceMs: 600_000, reconnectAfterMs: 600_000 });
    await Promise.all([server.close(), server.close(), drained]);
    nothingIsOpen(server);
  });
});

describe('drain', () => {
  it('throws if it breaks a rule, without other effects', async () => {
    const { client, server } = await host();
    await expect(server.drain({ graceMs: 600_001 })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
    await client('tcp');
  });

  it.each(['tcp', 'ws'])(
    'over %s the client moves to the next server with its requests, none of them twice',
    async (protocol) => {
      const got: string[] = [];
      let release: (() => void) | undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const message = async (asked: Parameters<typeof textOf>[0] & object) => {
        got.push(textOf(asked));
        if (textOf(asked) === 'held') await held;
        return custom(`re ${textOf(asked)}`);
      };
      const first = await host({ message });
      const client = await connect(first.url(protocol), { login: TOKEN });
      const open = client.request(ASK, ask('held'));
      await expect.poll(() => got).toEqual(['held']);
      const drained = first.server.drain({ graceMs: 10_000, reconnectAfterMs: 0 });
      await expect.poll(() => client.state).toBe('draining');
      const next = client.request(ASK, ask('next'));
      const second = await host({ message, port: first.port });
      release!();
      expect([textOf(await open), textOf(await next)]).toEqual(['re held', 're next']);
      await drained;
      expect(got).toEqual(['held', 'next']);
      expect([client.state, second.server.connectionCount]).toEqual(['authenticated', 1]);
      await client.close();
    },
  );

  it('a connection that has sent nothing when the drain begins is OVERLOADED when it sends', async () => {
    const { client, port, server } = await host();
    const held = await client('tcp', { reconnect: false });
    const late = await tcp(port);
    const drained = server.drain({ graceMs: 300, reconnectAfterMs: 0 });
    late.socket.write(HELLO);
    await late.received.ended();
    expect(late.received.names).toEqual(['Reject 4']);
    await drained;
    expect((await held.closed)?.code).toBe('CLOSED');
    nothingIsOpen(server);
  });

  it('connections that stay are closed after the grace period', async () => {
    const { port, server, ends } = await host();
    const { received } = await loggedInTcp(port);
    await server.drain({ graceMs: 100, reconnectAfterMs: 0 });
    await received.ended();
    expect(received.names.slice(2)).toEqual(['9', 'error 38']);
    expect(ends).toEqual(['DRAINING']);
  });

  it('without connections resolves at once', async () => {
    const { port, server } = await host();
    await server.drain({});
    const socket = createConnection(port, '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });
});

it('options with which no client could be served reject at once', async () => {
  await expect(host({ heartbeatIntervalMs: 1 })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  await expect(host({ idPrefix: 'x'.repeat(60) })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
});

it('a port in use rejects', async () => {
  const { port } = await host();
  await expect(host({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
