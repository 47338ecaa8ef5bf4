// The platform: takes what clients send from the queue, and sends answers and messages back over it.
import { type ContentInit, SendCode, type SendResult, type SessionEvent } from '@im/protocol';
import { groupRef } from '@im/protocol/conversation';
import { type Broker, consumerGroup, type Handler, MemoryRoutes, type Routes, topics } from '@im/protocol/rocketmq';
import { handledOnce } from '../broker/handled-once.js';
import { SERVICES } from './consumer-groups.js';
import type { Limits, People } from './context.js';
import type { Model } from './live/assistant.js';
import { createServices, type Services } from './services.js';
import { Sessions } from './sessions.js';
import { MemoryStorage } from './storage/memory-storage.js';
import type { Storage } from './storage/storage.js';
import { Uplinks } from './uplinks.js';

/** How often the platform looks at its clock, in milliseconds. */
const TICK_MS = 1000;

export interface PlatformOptions {
  readonly broker: Broker;
  readonly people: People;
  /** Where users are online. Default: in the memory of this process. */
  readonly routes?: Routes | undefined;
  /** Default: in memory. */
  readonly storage?: Storage | undefined;
  readonly limits?: Limits | undefined;
  /** What the assistant says. */
  readonly model?: Model | undefined;
  /** Gets each SendResult. */
  readonly onResult?: ((result: SendResult) => void | Promise<void>) | undefined;
  /** Gets each SessionEvent, once the routes have it. */
  readonly onSession?: ((event: SessionEvent) => void) | undefined;
  /** Gets errors of the platform itself. Default: they are printed. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export class Platform {
  readonly routes: Routes;
  readonly #options: PlatformOptions;
  readonly #services: Services;
  readonly #sessions: Sessions;
  readonly #uplinks: Uplinks;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(options: PlatformOptions) {
    const { broker, people, storage = new MemoryStorage(), limits, model, onError = console.error } = options;
    const { routes = new MemoryRoutes() } = options;
    this.#options = options;
    this.routes = routes;
    this.#services = createServices({ broker, routes, storage, people, serviceName: SERVICES.results, limits, model, onError });
    const { context, presence } = this.#services;
    this.#sessions = new Sessions(routes, context.outbox, presence);
    this.#uplinks = new Uplinks(broker, routes, this.#services);
    const { calls } = this.#services;
    this.#timer = setInterval(() => void calls.tick().catch(onError), TICK_MS);
  }

  /** Its parts, for an interface to the platform other than the queue. */
  get services(): Services {
    return this.#services;
  }

  /** Resolves when the platform takes what the servers send. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const platform = new Platform(options);
    await platform.#enterGroups();
    const broker = handledOnce(options.broker);
    const consume = (name: string, names: string[], handler: Handler) =>
      broker.subscribe({ group: consumerGroup('service', name), topics: names }, handler);
    await consume(SERVICES.results, topics.ofResults(), ({ message: { payload } }) =>
      payload?.$case === 'sendResult' ? platform.#result(payload.value) : undefined,
    );
    await consume(SERVICES.sessions, [topics.session], ({ message: { payload } }) =>
      payload?.$case === 'sessionEvent' ? platform.#session(payload.value) : undefined,
    );
    await consume(SERVICES.uplinks, [topics.uplink], ({ message: { payload } }) =>
      payload?.$case === 'uplinkInfo' ? platform.#uplinks.take(payload.value) : undefined,
    );
    return platform;
  }

  /** Sends a message of the platform to all users: at once to who is online, by SYNC to the others. */
  announce(content: ContentInit): Promise<void> {
    return this.#services.announcements.send(content, this.#sessions.serverIds);
  }

  /** Adds users to a group. They see its messages from now on. */
  addToGroup(groupId: bigint, userIds: readonly bigint[]): Promise<void> {
    return this.#services.groups.add(groupRef(groupId), userIds);
  }

  /** Removes users from a group. They see nothing of it any more. */
  removeFromGroup(groupId: bigint, userIds: readonly bigint[]): Promise<void> {
    return this.#services.groups.remove(groupRef(groupId), userIds);
  }

  /** A server has crashed. Call it when a monitor notices; the routes to it would last for another 15 minutes. */
  serverLost(serverId: string | number): Promise<void> {
    return this.#sessions.serverLost(String(serverId));
  }

  /** Ends what is under way. Call it after the queue is closed. */
  close(): void {
    this.#services.streams.stopAll();
    clearInterval(this.#timer);
    this.#services.receipts.close();
  }

  async #enterGroups(): Promise<void> {
    const { people, storage } = this.#services.context;
    for (const [groupId, members] of people.groups)
      for (const userId of members) await storage.addMember(groupRef(groupId), userId);
  }

  async #session(event: SessionEvent): Promise<void> {
    await this.#sessions.apply(event);
    this.#options.onSession?.(event);
  }

  async #result(result: SendResult): Promise<void> {
    await this.#options.onResult?.(result);
    if (result.code !== SendCode.SUCCESS || result.messageId === 0n) return;
    await this.#services.receipts.delivered(
      result.messageId,
      result.receivers.flatMap(({ userIds }) => userIds),
    );
  }
}
