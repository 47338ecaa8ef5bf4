// The process of an IM server: listen and serveBroker.

import { FEATURES, Terminal } from '@im/protocol';
import { listen, type Server, type ServerConnection } from '@im/protocol/node';
import { uplinkInfoMessage } from '@im/protocol/rocketmq';
import { type ServedBroker, serveBroker, Uplink } from '@im/protocol/server';
import { Calls } from '../../examples/chat/process/calls.js';
import { ChannelQueue, type QueuedDelivery } from '../../examples/chat/process/channel-queue.js';
import { type Library, openRoutes } from './open-routes.js';

/** Longer than the play. */
const HEARTBEAT_INTERVAL_MS = 600_000;

/** All sessions end at once, and a busy machine takes its time to enter them in the routes. */
const CLOSE_TIMEOUT_MS = 120_000;

let server: Server;
let stop: () => Promise<void>;

const queue = new ChannelQueue(() => calls);
const calls: Calls = new Calls(process, {
  async start({ serverId, redisUrl, library }: { serverId: string; redisUrl: string; library: Library }) {
    const redis = await openRoutes(redisUrl, library);
    const uplink = new Uplink<ServerConnection>({
      serverId,
      publish: (info) => queue.publish(uplinkInfoMessage(info)),
      timeoutMs: 30_000,
    });
    server = await listen({
      host: '127.0.0.1',
      serverId,
      sessions: 'one-per-device',
      features: FEATURES,
      heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
      handshakeTimeoutMs: 60_000,
      login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: Terminal.WEB }),
      message: uplink.message,
    });
    const log = (error: unknown): void => void calls.call('log', serverId, String(error)).catch(() => {});
    const joined: ServedBroker = await serveBroker(server, queue, {
      serverId,
      routes: redis.routes,
      uplink,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      onError: log,
      onDropped: () => {},
    });
    stop = async () => {
      await server.close();
      await joined.close();
      await redis.close();
    };
    return server.port;
  },
  consume: (delivery: QueuedDelivery) => queue.consume(delivery),
  /** The sessions of this server: user and connection. */
  sessions: () => [...server.connections.all()].map(({ id, user }) => `${user?.userId} ${user?.deviceId} ${id}`),
  stop: () => stop(),
});

process.once('disconnect', () => process.exit());
