// An IM server: it listens on TCP and on WebSocket, and pushes what the platform sends to its topics.
import { encodeFrame, type ProtocolError } from '@im/protocol';
import type { Ports } from '../net/dial.js';
import { listenTcp } from '../net/tcp-transport.js';
import type { Listener, Transport } from '../net/transport.js';
import { listenWs } from '../net/ws-transport.js';
import type { Application } from '../platform/application.js';
import { type Session, secondLogin } from '../platform/session.js';
import type { Tokens } from '../platform/tokens.js';
import type { Queue } from '../queue/queue.js';
import { messageTopics, resultTopic } from '../queue/topics.js';
import { deliver } from './deliver.js';
import { type Host, ServerConnection } from './server-connection.js';
import { SERVER_VERSIONS } from './server-versions.js';
import { Sessions } from './sessions.js';

export interface ImServerOptions {
  readonly id: number;
  readonly tokens: Tokens;
  readonly queue: Queue;
  readonly application: Application;
  /** Gets each error for which a request or a connection was refused. */
  readonly onError: (error: ProtocolError, session: Session | undefined) => void;
}

export class ImServer implements Host {
  readonly id: number;
  readonly tokens: Tokens;
  readonly application: Application;
  readonly onError: ImServerOptions['onError'];
  readonly #sessions = new Sessions();
  readonly #listeners: Listener[] = [];
  readonly #served = new Set<Promise<void>>();
  #connectionCount = 0;

  private constructor({ id, tokens, queue, application, onError }: ImServerOptions) {
    this.id = id;
    this.tokens = tokens;
    this.application = application;
    this.onError = onError;
    for (const topic of messageTopics(id)) {
      queue.subscribe(topic, (frame) => {
        for (const result of deliver(frame, this.#sessions)) {
          queue.publish(resultTopic(result.cmd), encodeFrame('SendResult', result));
        }
      });
    }
  }

  static async start(options: ImServerOptions): Promise<ImServer> {
    const server = new ImServer(options);
    const serve = (transport: Transport): void => server.#serve(transport);
    server.#listeners.push(await listenTcp(serve), await listenWs(SERVER_VERSIONS, serve));
    return server;
  }

  /** The ports that the system chose. */
  get ports(): Ports {
    const [tcp, ws] = this.#listeners;
    return { tcp: tcp.port, ws: ws.port };
  }

  entered(connection: ServerConnection, session: Session): void {
    this.#sessions.add(connection, session)?.takeOver(secondLogin(session.user, session.deviceId));
    this.application.loggedIn(session.user, session.deviceId, this.id);
  }

  left(connection: ServerConnection): void {
    const { session } = connection;
    if (session !== undefined && this.#sessions.remove(connection, session)) this.application.loggedOut(session.user, this.id);
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await Promise.all(this.#served);
  }

  #serve(transport: Transport): void {
    this.#connectionCount += 1;
    const served = new ServerConnection(transport, this, `${this.id}-${this.#connectionCount}`).serve();
    this.#served.add(served);
    served.finally(() => this.#served.delete(served));
  }
}
