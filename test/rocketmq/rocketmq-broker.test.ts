// A RocketMQBroker whose server is away: the official client is there, RocketMQ is not.
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RocketMQBroker } from '../../src/rocketmq/index.js';

const LOGS = join(homedir(), 'logs/rocketmq');
const message = { topic: 't', payload: { $case: 'raw', value: Uint8Array.of(1) } } as const;
let endpoints: string;
let hadLogs: boolean;

beforeAll(async () => {
  hadLogs = existsSync(LOGS);
  // A port at which nobody listens: it was free just now.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  endpoints = `127.0.0.1:${port}`;
});
afterAll(() => {
  // By itself, the client writes there.
  expect(existsSync(LOGS)).toBe(hadLogs);
});

describe('a RocketMQBroker that finds no server', () => {
  it('tries to publish for a while, and says why not', async () => {
    const texts: string[] = [];
    const broker = new RocketMQBroker({ endpoints, publishTimeoutMs: 350, log: (level, text) => texts.push(`${level} ${text}`) });
    await expect(broker.publish(message)).rejects.toMatchObject({
      code: 'CLOSED',
      message: expect.stringMatching(/^\[CLOSED\] RocketMQ \(code 14\): 14 UNAVAILABLE/),
    });
    // At 0, 100 and 300 ms at the earliest: no storm.
    expect(texts.filter((text) => text.includes('Failed to fetch topic route')).length).toBeLessThanOrEqual(3);
    await broker.close();
  });

  it('refuses what no server would take without asking one', async () => {
    const broker = new RocketMQBroker({ endpoints });
    await expect(broker.publish({ ...message, topic: 'a.b' })).rejects.toThrow(
      '[INVALID_MESSAGE] TopicMessage breaks 1 rule: topic: character 1',
    );
    await expect(broker.publish({ ...message, deliverAtMs: 253402300799999n })).rejects.toThrow(
      'limit 86400000 milliseconds ahead',
    );
    await expect(broker.subscribe({ group: 'a.b', topics: ['t'] }, () => {})).rejects.toThrow(
      '[INVALID_MESSAGE] group: character 1',
    );
    await broker.close();
  });

  it('gives a subscription up, and leaves nothing running', async () => {
    const broker = new RocketMQBroker({ endpoints, closeTimeoutMs: 500 });
    await expect(broker.subscribe({ group: 'g', topics: ['t', 'u'] }, () => {})).rejects.toMatchObject({ code: 'CLOSED' });
    await broker.close();
    await broker.close();
    await expect(broker.publish(message)).rejects.toThrow('[CLOSED] the broker is closed');
  });

  it('stops trying when it is closed', async () => {
    const broker = new RocketMQBroker({ endpoints, publishTimeoutMs: 60_000, closeTimeoutMs: 500 });
    const publishing = expect(broker.publish(message)).rejects.toThrow('[CLOSED] the broker is closed');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await broker.close();
    await publishing;
  });
});
