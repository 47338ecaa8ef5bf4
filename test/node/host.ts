// A server on a port of this machine, and what it has seen.
import { onTestFinished } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import {
  type Client,
  type ConnectOptions,
  connect,
  type ListenOptions,
  listen,
  type Server,
  type ServerConnection,
} from '../../src/node/index.js';
import { custom, textOf } from '../connection/messages.js';

export const ALICE = { userId: 1n, terminal: 1 };
export const TOKEN = { accessToken: 'token' };

export interface Host {
  readonly server: Server;
  readonly port: number;
  readonly logins: ServerConnection[];
  /** Each connection that has ended: the code of its error. */
  readonly ends: (ProtocolError['code'] | undefined)[];
  readonly errors: (ProtocolError | undefined)[];
  readonly notices: ProtocolError[];
  url(protocol: string): string;
  /** A client, which ends with the test. */
  client(protocol: string, options?: Partial<ConnectOptions>): Promise<Client>;
}

export async function host(options: Partial<ListenOptions> = {}): Promise<Host> {
  const [logins, errors, notices]: [ServerConnection[], (ProtocolError | undefined)[], ProtocolError[]] = [[], [], []];
  const ends: Host['ends'][number][] = [];
  const server = await listen({
    host: '127.0.0.1',
    login: () => ALICE,
    message: (message) => custom(`re ${textOf(message)}`, message.cmd),
    onLogin: (connection) => void logins.push(connection),
    onClose(_connection, error) {
      ends.push(error?.code);
      errors.push(error);
    },
    onNotice: (_connection, error) => void notices.push(error),
    ...options,
  });
  onTestFinished(() => server.close());
  const { port } = server;
  const url = (protocol: string): string => `${protocol}://127.0.0.1:${port}`;
  const client = async (protocol: string, clientOptions: Partial<ConnectOptions> = {}): Promise<Client> => {
    const connected = await connect(url(protocol), { login: TOKEN, ...clientOptions });
    onTestFinished(async () => void (await connected.close()));
    return connected;
  };
  return { server, port, logins, ends, errors, notices, url, client };
}
