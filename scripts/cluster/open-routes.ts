// The routes of a process, through either client library.

import { RedisRoutes } from '@im/protocol/rocketmq';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

export type Library = 'node-redis' | 'ioredis';

export interface OpenedRoutes {
  readonly routes: RedisRoutes;
  close(): Promise<unknown>;
}

const OPTIONS = { sessions: 'one-per-device', timeoutMs: 2000 } as const;

export async function openRoutes(url: string, library: Library): Promise<OpenedRoutes> {
  if (library === 'ioredis') {
    const client = new Redis(url, { maxRetriesPerRequest: 1 });
    client.on('error', () => {});
    return { routes: new RedisRoutes(client, OPTIONS), close: () => client.quit() };
  }
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  return { routes: new RedisRoutes(client, OPTIONS), close: () => client.close() };
}
