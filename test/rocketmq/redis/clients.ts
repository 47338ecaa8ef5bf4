// The clients of applications, connected to the Redis of REDIS_URL.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisClient } from '../../../src/rocketmq/index.js';

export interface Connected {
  readonly client: RedisClient;
  /** Sends a command, for what only tests need. */
  command(...args: string[]): Promise<unknown>;
  close(): Promise<unknown>;
}

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set: use npm run cluster');

export const CLIENTS: Readonly<Record<string, () => Promise<Connected>>> = {
  async 'node-redis'() {
    const client = createClient({ url, disableOfflineQueue: true });
    client.on('error', () => {});
    await client.connect();
    return { client, command: (...args) => client.sendCommand(args), close: () => client.close() };
  },
  async ioredis() {
    const client = new Redis(url as string, { maxRetriesPerRequest: 1 });
    client.on('error', () => {});
    return { client, command: (command, ...args) => client.call(command, ...args), close: () => client.quit() };
  },
};
