// An IM server: listens for TCP and WebSocket, calls the platform, and pushes the messages from its topics.
import {
  Command,
  type LoginInfo,
  type ProtocolError,
  type SendInfo,
  type SendInfoInit,
  type SendResultInit,
  type UserInfo,
} from '@im/protocol';
import { createDeflate, listen, type Server, type ServerConnection } from '@im/protocol/node';
import { deliver } from '@im/protocol/server';
import type { Application } from '../platform/application.js';

/** Longer than the demo, so that no heartbeats are sent. */
const HEARTBEAT_INTERVAL_MS = 600_000;

export interface ImServerOptions {
  readonly id: number;
  /** 0 = the system picks one. */
  readonly port: number;
  /** @throws ProtocolError UNAUTHENTICATED for a token that is not the platform's. */
  readonly verify: (token: string) => Promise<UserInfo>;
  readonly application: Application;
  /** Sends the platform a result, for the service that asked. */
  readonly publish: (result: SendResultInit, serviceName: string) => Promise<void>;
  /** Gets each error for which a request or a connection was refused. */
  readonly onError: (error: ProtocolError, user: UserInfo | undefined) => void;
}

export class ImServer {
  readonly #options: ImServerOptions;
  #server!: Server;

  private constructor(options: ImServerOptions) {
    this.#options = options;
  }

  static async start(options: ImServerOptions): Promise<ImServer> {
    const im = new ImServer(options);
    im.#server = await listen({
      port: options.port,
      host: '127.0.0.1',
      idPrefix: `${options.id}-`,
      heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
      deflate: createDeflate(),
      compressFromBytes: 0,
      login: (login, connection) => im.#login(login, connection),
      message: (message) => im.#message(message),
      onClose: (connection, error) => im.#left(connection, error),
      onNotice: ({ user }, error) => options.onError(error, user),
    });
    return im;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Handles a ReceiveInfo of the platform. Resolves when it is pushed to the receivers and the results are published. */
  async consume(frame: Uint8Array): Promise<void> {
    const { results, serviceName, dropped } = deliver(frame, this.#server);
    if (dropped !== undefined) this.#options.onError(dropped, undefined);
    for (const result of results) await this.#options.publish(result, serviceName);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #login({ accessToken, deviceId }: LoginInfo, connection: ServerConnection): Promise<UserInfo & { sessionId: string }> {
    const user = await this.#options.verify(accessToken);
    // A token that is renewed changes nothing for the platform.
    if (connection.user === undefined) await this.#options.application.loggedIn(user, deviceId, this.#options.id);
    return { ...user, sessionId: connection.id };
  }

  /** SUCCESS means that the server accepted the message: it is sent once the platform has stored the message. */
  async #message({ data }: SendInfo): Promise<SendInfoInit | undefined> {
    if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return undefined;
    const value = await this.#options.application.message(data);
    return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
  }

  #left({ user }: ServerConnection, error: ProtocolError | undefined): void {
    if (error !== undefined && error.code !== 'CLOSED') this.#options.onError(error, user);
    // Whose place another connection has taken is still here.
    if (user === undefined || this.#server.connections.get(user.userId, user.terminal) !== undefined) return;
    void this.#options.application.loggedOut({ userId: user.userId, terminal: user.terminal }, this.#options.id);
  }
}
