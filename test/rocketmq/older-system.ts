// A server and a platform of an older system, written after the sources of box-im: JSON, commands of Redis, and queues. They use nothing of this
// library, so that they say what older parts really do.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export type Kind = 'private' | 'group' | 'system';
type Json = Record<string, unknown>;

/** How the profiles of the two families differ. */
export interface OlderNames {
  /** The key of a user's id. */
  readonly id: 'id' | 'userId';
}

/** Where older services leave JSON for each other. */
export interface OlderQueues {
  /** For a server. */
  send(kind: Kind, serverId: string, body: Json): Promise<void>;
  /** For a service that has asked for results. */
  answer(kind: Kind, serviceName: string, body: Json): Promise<void>;
  /** Ends a session on another server. */
  logOut(serverId: string, userId: number, terminal: number): Promise<void>;
  /** Calls back with what others leave for a server. Returns a function that stops it. */
  serve(serverId: string, take: (body: Json) => void): Promise<() => Promise<void>>;
}

export type Redis = (...args: string[]) => Promise<unknown>;

const CODES = { SUCCESS: 0, NOT_FIND_CHANNEL: 2 };
const LOGGED_OUT = '您已在其他地方登录，将被强制下线';

const routeOf = (userId: number, terminal: number): string => `im:user:server_id:${userId}:${terminal}`;

/** An IM server: WebSocket on /im. A token is `<user>/<terminal>`. */
export class OlderServer {
  readonly id: string;
  readonly #redis: Redis;
  readonly #queues: OlderQueues;
  readonly #names: OlderNames;
  readonly #http: Server = createServer();
  readonly #clients = new Map<string, WebSocket>();
  #stop = async (): Promise<void> => {};

  private constructor(id: string, redis: Redis, queues: OlderQueues, names: OlderNames) {
    this.id = id;
    this.#redis = redis;
    this.#queues = queues;
    this.#names = names;
  }

  static async start(redis: Redis, queues: OlderQueues, names: OlderNames, fixedId?: string): Promise<OlderServer> {
    const id = fixedId ?? String(await redis('INCR', 'im:max_server_id'));
    const server = new OlderServer(id, redis, queues, names);
    new WebSocketServer({ server: server.#http, path: '/im' }).on('connection', (socket) => server.#open(socket));
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    server.#stop = await queues.serve(id, (body) => server.#take(body));
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.#stop();
    for (const socket of this.#clients.values()) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #open(socket: WebSocket): void {
    let key: string | undefined;
    socket.on('message', async (data) => {
      const { cmd, data: content } = JSON.parse(String(data));
      if (cmd === 1) socket.send('{"cmd":1,"data":null}');
      if (cmd !== 0) return;
      const [userId, terminal] = content.accessToken.split('/').map(Number);
      key = `${userId}:${terminal}`;
      const before = await this.#redis('GET', routeOf(userId, terminal));
      if (before !== null && String(before) !== this.id) await this.#queues.logOut(String(before), userId, terminal);
      const earlier = this.#clients.get(key);
      earlier?.send(JSON.stringify({ cmd: 2, data: LOGGED_OUT }));
      this.#clients.set(key, socket);
      await this.#redis('SET', routeOf(userId, terminal), this.id, 'EX', '600');
      socket.send('{"cmd":0,"data":null}');
    });
    socket.on('close', async () => {
      if (key === undefined || this.#clients.get(key) !== socket) return;
      this.#clients.delete(key);
      const [userId, terminal] = key.split(':').map(Number);
      if (String(await this.#redis('GET', routeOf(userId, terminal))) === this.id)
        await this.#redis('DEL', routeOf(userId, terminal));
    });
  }

  #take(body: Json): void {
    const { cmd, receivers, data, sender, sendResult, serviceName } = body as {
      cmd?: number;
      receivers: Json[];
      data: unknown;
      sender: unknown;
      sendResult: boolean;
      serviceName?: string;
    };
    if (cmd === undefined) {
      this.#clients.get(`${body.userId}:${body.terminal}`)?.send(JSON.stringify({ cmd: 2, data: LOGGED_OUT }));
      return;
    }
    const kind = cmd === 4 ? 'group' : cmd === 5 ? 'system' : 'private';
    for (const receiver of receivers) {
      const client = this.#clients.get(`${receiver[this.#names.id]}:${receiver.terminal}`);
      client?.send(JSON.stringify({ cmd, data }));
      const code = client === undefined ? CODES.NOT_FIND_CHANNEL : CODES.SUCCESS;
      if (sendResult) void this.#queues.answer(kind, serviceName ?? '', { sender, receiver, code, data });
    }
  }
}

/** What a platform does with a message: looks each terminal up, and leaves JSON for its server. Returns the number of terminals that are online. */
export async function olderPlatformSends(
  redis: Redis,
  queues: OlderQueues,
  names: OlderNames,
  kind: 'private' | 'group',
  userIds: readonly number[],
  data: Json,
): Promise<number> {
  let online = 0;
  for (const userId of userIds) {
    for (const terminal of [0, 1, 2]) {
      const serverId = await redis('GET', routeOf(userId, terminal));
      if (serverId === null) continue;
      online += 1;
      await queues.send(kind, String(serverId), {
        cmd: kind === 'private' ? 3 : 4,
        sender: { [names.id]: data.sendId, terminal: 1 },
        receivers: [{ [names.id]: userId, terminal }],
        sendResult: true,
        serviceName: 'im-platform',
        data,
      });
    }
  }
  return online;
}
