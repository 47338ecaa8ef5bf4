// A server of one release with a client of the other, over a real socket, with the default options.
import { expect, onTestFinished } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import type { SendInfo } from '../../src/index.js';
import type { Client, ServerConnection, ServerHandlers } from '../../src/node/index.js';
import { custom, textOf } from '../connection/messages.js';
import { ALICE, TOKEN } from '../node/host.js';
import { CERTIFICATE } from '../node/tls/certificate.js';
import type { Release } from './releases.js';

export type Protocol = 'tcp' | 'tls' | 'ws' | 'wss';
export const PROTOCOLS: readonly Protocol[] = ['tcp', 'tls', 'ws', 'wss'];

export interface Pair {
  readonly client: Client;
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

export async function pair(
  sides: Sides,
  protocol: Protocol,
  handlers: Partial<ServerHandlers> = {},
  heartbeatIntervalMs?: number,
): Promise<Pair> {
  const received: SendInfo[] = [];
  const notices: ProtocolError[] = [];
  let loggedIn: (connection: ServerConnection) => void = () => {};
  const connected = new Promise<ServerConnection>((resolve) => {
    loggedIn = resolve;
  });
  const isSecure = protocol === 'tls' || protocol === 'wss';
  const server = await sides.server.node.listen({
    host: '127.0.0.1',
    ...(isSecure && { tls: CERTIFICATE }),
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
  const client = await sides.client.node.connect(`${protocol}://127.0.0.1:${server.port}`, {
    login: TOKEN,
    ...(isSecure && { tls: { rejectUnauthorized: false } }),
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
  return { client, connection, received, notices, isOpen, next };
}
