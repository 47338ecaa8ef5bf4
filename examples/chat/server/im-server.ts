// An IM server: clients on one side, the queue to the platform on the other.
import { FEATURES, type LoginInfo, type ProtocolError, type ServerLimitsInit, type UserInfo } from '@im/protocol';
import { createDeflate, type ListenOptions, listen, type Server, type ServerConnection } from '@im/protocol/node';
import { type Broker, uplinkInfoMessage } from '@im/protocol/rocketmq';
import { AudienceIndex, type ServedBroker, serveBroker, Uplink } from '@im/protocol/server';
import type { Logger } from 'pino';
import { createLog, logServer } from './log-server.js';

/** A queue as a server needs it: a Broker, or the way to one. */
export type Queue = Pick<Broker, 'publish' | 'subscribe'>;

export interface ImServerOptions extends Pick<ListenOptions, 'port' | 'http' | 'legacy' | 'heartbeatIntervalMs'> {
  readonly id: string | number;
  readonly queue: Queue;
  /** @throws ProtocolError UNAUTHENTICATED for a token that is not the platform's. */
  readonly verify: (token: string) => Promise<UserInfo>;
  /** What the platform allows, for clients to know. */
  readonly limits?: ServerLimitsInit | undefined;
  /** Default: stderr, at the level LOG_LEVEL. */
  readonly log?: Logger | undefined;
  /** Gets each error for which a request or a connection was refused. */
  readonly onNotice?: ((error: ProtocolError, user: UserInfo | undefined) => void) | undefined;
}

export class ImServer {
  readonly #server: Server;
  readonly #joined: ServedBroker;
  readonly #endLog: () => void;

  private constructor(server: Server, joined: ServedBroker, endLog: () => void) {
    this.#server = server;
    this.#joined = joined;
    this.#endLog = endLog;
  }

  /** Resolves when clients can connect and the queue is consumed. */
  static async start(options: ImServerOptions): Promise<ImServer> {
    const { id, queue, port, http, legacy, heartbeatIntervalMs, log = createLog(), onNotice } = options;
    const serverId = String(id);
    const audience = new AudienceIndex<ServerConnection>();
    const publish = (info: Parameters<typeof uplinkInfoMessage>[0]) => queue.publish(uplinkInfoMessage(info));
    const uplink = new Uplink<ServerConnection>({ serverId, audience, publish });
    const server = await listen({
      host: '127.0.0.1',
      port,
      http,
      legacy,
      serverId,
      idPrefix: `${serverId}-`,
      heartbeatIntervalMs,
      features: FEATURES,
      deflate: createDeflate(),
      compressFromBytes: 0,
      login: (login, connection) => logIn(options, login, connection),
      message: uplink.message,
      onClose: ({ user }, error) => {
        if (error !== undefined && error.code !== 'CLOSED') onNotice?.(error, user);
      },
      onNotice: ({ user }, error) => onNotice?.(error, user),
    });
    // A silent log costs nothing: no channel has a subscriber.
    const endLog = log.level === 'silent' ? () => {} : logServer(server, log);
    // The platform enters the sessions in its routes.
    const joined = await serveBroker(server, queue, { serverId, audience, uplink, onDropped: () => {} });
    return new ImServer(server, joined, endLog);
  }

  get port(): number {
    return this.#server.port;
  }

  get connections(): Server['connections'] {
    return this.#server.connections;
  }

  /** Closes all connections, and leaves the queue. */
  async close(): Promise<void> {
    await this.#server.close();
    this.#endLog();
    await this.#joined.close();
  }
}

async function logIn({ verify, limits }: ImServerOptions, { accessToken }: LoginInfo, { id }: ServerConnection) {
  return { ...(await verify(accessToken)), sessionId: id, limits };
}
