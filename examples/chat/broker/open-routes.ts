import { MemoryRoutes, RedisRoutes, type Routes } from '@im/protocol/rocketmq';

/** Routes, and how to close what they use. */
export interface OpenRoutes {
  readonly routes: Routes;
  close(): Promise<void>;
}

/** In the memory of this process. */
export function inMemory(): OpenRoutes {
  return { routes: new MemoryRoutes(), close: async () => {} };
}

/** In the Redis that `REDIS_URL` names (`redis://127.0.0.1:6379`); otherwise in memory. */
export async function openRoutes({ REDIS_URL: url = '' } = process.env): Promise<OpenRoutes> {
  if (url === '') return inMemory();
  const { createClient } = await import('redis');
  const client = createClient({ url });
  client.on('error', (error) => console.error(error));
  await client.connect();
  // Of this run alone: the ids of users and servers are those of every run.
  const routes = new RedisRoutes(client, { prefix: `{chat-demo-${process.pid}}:` });
  return { routes, close: () => client.close() };
}
