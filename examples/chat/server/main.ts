// The process of an IM server.
import type { JWK } from 'jose';
import { LIMITS } from '../platform/context.js';
import { createVerifier } from '../platform/tokens.js';
import { Calls } from '../process/calls.js';
import { ChannelQueue, type QueuedDelivery } from '../process/channel-queue.js';
import { ImServer } from './im-server.js';

/** Longer than the demo, so that no heartbeats are sent. */
const HEARTBEAT_INTERVAL_MS = 600_000;

let server: ImServer;

const queue = new ChannelQueue(() => calls);
const calls: Calls = new Calls(process, {
  async start({ id, port, tokenKey }: { id: number; port: number; tokenKey: JWK }) {
    server = await ImServer.start({
      id,
      port,
      queue,
      heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
      verify: await createVerifier(tokenKey),
      limits: LIMITS,
      onNotice: (error, user) => void calls.call('log', error.code, error.message, user),
    });
    return server.port;
  },
  consume: (delivery: QueuedDelivery) => queue.consume(delivery),
  stop: () => server.close(),
});

// Without a parent there is no platform.
process.once('disconnect', () => process.exit());
