import { afterAll } from 'vitest';
import { legacyProfile } from '../../../src/legacy/index.js';
import { RedisListBroker } from '../../../src/rocketmq/index.js';
import { mixedSuite } from '../mixed-suite.js';
import { olderLists } from '../older-lists.js';
import { CLIENTS, type Connected } from './clients.js';

for (const name of Object.keys(CLIENTS)) {
  let connected: Connected | undefined;
  mixedSuite(`lists in Redis, with ${name}`, async () => {
    connected ??= await CLIENTS[name]();
    const { client, command } = connected;
    return {
      profile: legacyProfile('box-im'),
      names: { id: 'id' },
      client,
      redis: command,
      queues: olderLists(command),
      broker: (serviceName) => new RedisListBroker(client, { serviceName, pollMs: 5 }),
    };
  });
  afterAll(() => connected?.close());
}
