// Clients and a server without a network: pipes, and a clock that goes when the test says so.
import { onTestFinished } from 'vitest';
import { Client, type ClientOptions } from '../../src/connection/client.js';
import { ServerConnection, type ServerHandlers } from '../../src/connection/server-connection.js';
import type { Dialing, TransportOwner, WatchNetwork } from '../../src/connection/transport.js';
import { chooseSubprotocol } from '../../src/negotiate/subprotocols.js';
import { ConnectionRegistry } from '../../src/session/connection-registry.js';
import { ServerSession, type ServerSessionOptions } from '../../src/session/server-session.js';
import { FakePlatform, turn } from './fake-platform.js';
import { PipeEnd } from './pipe.js';

export const ALICE = { userId: 1n, terminal: 1 };
export const TOKEN = { accessToken: 'token' };

export interface WorldOptions extends Partial<ServerHandlers>, ServerSessionOptions {
  /** The client's transport can stop reading. Default true. */
  readonly canPause?: boolean;
}

export class World {
  readonly platform = new FakePlatform();
  readonly registry = new ConnectionRegistry<ServerConnection>();
  /** All connections that the server ever had, and the client's end of each. */
  readonly served: ServerConnection[] = [];
  readonly ends: PipeEnd[] = [];
  /** What a dial meets: a server, nobody, or an answer that does not come. */
  answer: 'server' | Error | 'nothing' = 'server';
  dials = 0;
  /** Watches the network for the clients that are made from now on. */
  watch: WatchNetwork | undefined;
  cancelled = 0;
  /** How often bytes went from one side to the other. */
  readonly flights = { toServer: 0, toClient: 0 };
  readonly #options: WorldOptions;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
  }

  get lastServed(): ServerConnection {
    return this.served.at(-1)!;
  }

  get lastEnd(): PipeEnd {
    return this.ends.at(-1)!;
  }

  /** A client, and whether it came to log in. */
  async start(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.create(options);
    await client.ready;
    return client;
  }

  /** A client at once. */
  create(options: Partial<ClientOptions> = {}): Client {
    const { transport = 'tcp' } = this.#options;
    const route = { dial: this.#dial, platform: this.platform, transport, watch: this.watch };
    const client = Client.create(route, { login: TOKEN, random: () => 0.5, grease: false, versions: [1], ...options });
    onTestFinished(() => void client.close());
    return client;
  }

  async connect(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.start(options);
    client.catch(() => {});
    await this.settle();
    return client;
  }

  /** Everything arrives, and what it leads to. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 3; idle++) {
      await turn();
      if (this.platform.callSoon()) idle = 0;
      for (const end of [...this.ends]) {
        if (end.deliver()) {
          this.flights.toServer += 1;
          idle = 0;
        }
        if (end.peer.deliver()) {
          this.flights.toClient += 1;
          idle = 0;
        }
      }
      if (this.platform.callTurns()) idle = 0;
    }
  }

  /** Time goes on. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.platform.nowMs() + ms;
    do await this.settle();
    while (this.platform.callNext(untilMs));
  }

  /** The process stands still: bytes arrive that nobody reads, and then all timers that are overdue go off at once. */
  standStill(ms: number): void {
    this.platform.jump(ms);
    const nowMs = this.platform.nowMs();
    while (this.platform.callNext(nowMs));
  }

  readonly #dial = (subprotocols: readonly string[], owner: TransportOwner): Dialing => {
    this.dials += 1;
    const cancel = (): void => {
      this.cancelled += 1;
    };
    if (this.answer === 'nothing') return { transport: new Promise(() => {}), cancel };
    if (this.answer !== 'server') return { transport: Promise.reject(this.answer), cancel };
    const { transport = 'tcp', versions = [1], canPause = true } = this.#options;
    const chosen = transport === 'tcp' ? undefined : (chooseSubprotocol([...subprotocols], versions) ?? '');
    const client = new PipeEnd(chosen, canPause);
    const server = new PipeEnd(chosen, true);
    client.peer = server;
    server.peer = client;
    client.owner = owner;
    this.ends.push(client);
    this.#serve(server);
    return { transport: Promise.resolve(client), cancel };
  };

  #serve(end: PipeEnd): void {
    const handlers = { login: () => ALICE, message: () => undefined, ...this.#options };
    const id = String(this.served.length + 1);
    const session = new ServerSession({ versions: [1], ...this.#options, connectionId: id }, this.platform.nowMs());
    const { transport = 'tcp' } = this.#options;
    const connection = new ServerConnection(
      { id, transport, remoteAddress: '', connectedAtMs: 0, httpRequest: undefined },
      session,
      this.platform,
      handlers,
      {
        onUser: (user) => void this.registry.add(user),
        onBackground: () => {},
        onEnd: (ended) => void this.registry.remove(ended),
      },
    );
    end.owner = connection.driver;
    this.served.push(connection);
    connection.driver.attach(end);
  }
}
