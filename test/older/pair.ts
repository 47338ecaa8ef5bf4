// A server of one release with a client of the other, over a real socket, with the default options.
import { expect, onTestFinished } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import type { SendInfo } from '../../src/index.js';
import type { Client, ConnectOptions, Server, ServerConnection, ServerHandlers } from '../../src/node/index.js';
import { custom, textOf } from '../connection/messages.js';
import { ALICE, TOKEN } from '../node/host.js';
import { CERTIFICATE } from '../node/tls/certificate.js';
import type { Release } from './releases.js';

/** `tls-alpn`: both sides name their versions, as an older application may do by itself. `tls-no-alpn`: neither does, as behind a proxy. */
export type Protocol = 'tcp' | 'tls' | 'tls-alpn' | 'tls-no-alpn' | 'ws' | 'wss';
export const PROTOCOLS: readonly Protocol[] = ['tcp', 'tls', 'tls-alpn', 'tls-no-alpn', 'ws', 'wss'];

export interface Pair {
  readonly client: Client;
  readonly server: Server;
  readonly connection: ServerConnection;
  /** What the handler of the server received. */
  readonly received: SendInfo[];
  readonly notices: ProtocolError[];
  /** Checks that both ends are up: a message goes each way. */
  isOpen(): Promise<void>;
  /** The next message for the client. */
  next(): Promise<SendInfo>;
}

export interface Sides {
  readonly client: Release;
  readonly server: Release;
}

/** The options `tls` of the server and of the client. */
function tlsOptions({ server, client }: Sides, protocol: Protocol) {
  if (protocol === 'tcp' || protocol === 'ws') return undefined;
  const connect = { rejectUnauthorized: false };
  if (protocol === 'tls-no-alpn')
    return { listen: { ...CERTIFICATE, ALPNProtocols: [] }, connect: { ...connect, ALPNProtocols: [] } };
  if (protocol !== 'tls-alpn') return { listen: CERTIFICATE, connect };
  // The new release does it by itself.
  const alpn = (release: Release) => (release.name === 'old' ? { ALPNProtocols: ['im.v1'] } : {});
  return { listen: { ...CERTIFICATE, ...alpn(server) }, connect: { ...connect, ...alpn(client) } };
}

export async function pair(
  sides: Sides,
  protocol: Protocol,
  handlers: Partial<ServerHandlers> = {},
  heartbeatIntervalMs?: number,
  options: Partial<ConnectOptions> = {},
): Promise<Pair> {
  const received: SendInfo[] = [];
  const notices: ProtocolError[] = [];
  let loggedIn: (connection: ServerConnection) => void = () => {};
  const connected = new Promise<ServerConnection>((resolve) => {
    loggedIn = resolve;
  });
  const tls = tlsOptions(sides, protocol);
  const server = await sides.server.node.listen({
    host: '127.0.0.1',
    ...(tls && { tls: tls.listen }),
    ...(heartbeatIntervalMs !== undefined && { heartbeatIntervalMs }),
    login: () => ALICE,
    message(message) {
      received.push(message);
      return custom(`re ${textOf(message)}`, message.cmd);
    },
    onLogin: (connection) => loggedIn(connection),
    onNotice: (_connection, error) => void notices.push(error),
    ...handlers,
  });
  onTestFinished(() => server.close());
  const client = await sides.client.node.connect(`${protocol.split('-')[0]}://127.0.0.1:${server.port}`, {
    login: TOKEN,
    ...(tls && { tls: tls.connect }),
    ...options,
  });
  onTestFinished(async () => void (await client.close()));
  const connection = await connected;
  const messages = client[Symbol.asyncIterator]();
  const next = async (): Promise<SendInfo> => (await messages.next()).value as SendInfo;
  const isOpen = async (): Promise<void> => {
    connection.push(custom('still here'));
    expect(textOf(await next())).toBe('still here');
    expect([client.state, connection.state]).toEqual(['authenticated', 'authenticated']);
  };
  return { client, server, connection, received, notices, isOpen, next };
}
