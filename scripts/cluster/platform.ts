// The platform of the chat example, whose routes are in Redis. The servers enter their sessions there themselves.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, consumerGroup, Deduplicator, type Routes, topics } from '@im/protocol/rocketmq';
import { createServices } from '../../examples/chat/platform/services.js';
import { MemoryStorage } from '../../examples/chat/platform/storage/memory-storage.js';
import { Uplinks } from '../../examples/chat/platform/uplinks.js';

const RETRY_MS = 200;
/** UplinkInfos that are handled at the same time. */
const MAX_IN_FLIGHT = 256;

export class ClusterPlatform {
  readonly #uplinks: Uplinks;
  readonly errors: unknown[] = [];
  /** Messages that servers could and could not push, by code. */
  readonly results = new Map<number, number>();

  private constructor(broker: Broker, routes: Routes, userCount: number) {
    const users = new Map(Array.from({ length: userCount }, (_, i) => [BigInt(i + 1), `user ${i + 1}`]));
    const services = createServices({
      broker,
      routes,
      storage: new MemoryStorage(),
      people: { users, groups: new Map(), rooms: new Set() },
      serviceName: 'chat',
      onError: (error) => this.errors.push(error),
    });
    this.#uplinks = new Uplinks(broker, routes, services);
  }

  static async start(broker: Broker, routes: Routes, userCount: number): Promise<ClusterPlatform> {
    const platform = new ClusterPlatform(broker, patient(routes), userCount);
    const deduplicator = new Deduplicator({ size: 1_000_000 });
    await broker.subscribe(
      { group: consumerGroup('service', 'uplinks'), topics: [topics.uplink], maxInFlight: MAX_IN_FLIGHT },
      deduplicator.wrap(async ({ message: { payload } }) => {
        if (payload?.$case === 'uplinkInfo') await platform.#uplinks.take(payload.value);
      }),
    );
    await broker.subscribe(
      { group: consumerGroup('service', 'chat'), topics: topics.ofResults() },
      deduplicator.wrap(({ message: { payload } }) => {
        if (payload?.$case !== 'sendResult') return;
        const { code } = payload.value;
        platform.results.set(code, (platform.results.get(code) ?? 0) + 1);
      }),
    );
    return platform;
  }
}

/** Lookups wait while Redis is away: what is stored must be sent, too. */
function patient(routes: Routes): Routes {
  const retried = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch {
        await sleep(RETRY_MS);
      }
    }
  };
  return {
    sessions: routes.sessions,
    find: (userIds) => {
      const ids = [...userIds];
      return retried(() => routes.find(ids));
    },
    apply: (...args) => retried(() => routes.apply(...args)),
    applyUplink: (uplink) => retried(() => routes.applyUplink(uplink)),
    set: (...args) => retried(() => routes.set(...args)),
    delete: (...args) => retried(() => routes.delete(...args)),
    deleteServer: (serverId) => retried(() => routes.deleteServer(serverId)),
    version2Servers: () => retried(() => routes.version2Servers()),
  };
}
