// Everything except the clients: the platform and the queue in this process, and two IM servers in child processes.
import { commandName, type SendResult, SessionEventKind, type UserInfo } from '@im/protocol';
import { type Broker, consumerGroup, fromRocketMQ, type RocketMQMessage, type Routes, topics } from '@im/protocol/rocketmq';
import { handledOnce } from '../broker/handled-once.js';
import { WatchedBroker } from '../broker/watched-broker.js';
import { contentOf } from '../platform/messages/message-data.js';
import { Platform } from '../platform/platform.js';
import { MemoryStorage } from '../platform/storage/memory-storage.js';
import type { Storage } from '../platform/storage/storage.js';
import { createTokens, type Tokens } from '../platform/tokens.js';
import { ServerProcess } from '../process/server-process.js';
import { sendCodeName } from '../show/names.js';
import { serverName, type Trace } from '../show/trace.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';

const SERVER_IDS = [1, 2];
/** Odd and above 2^53, so that code that reads ids as doubles fails. */
const FIRST_MESSAGE_ID = 9_100_000_000_000_000_001n;

export interface SystemOptions {
  readonly broker: Broker;
  /** Where users are online. */
  readonly routes: Routes;
  readonly directory: Directory;
  /** What happens is entered here. */
  readonly ledger: Ledger;
  readonly trace: Trace;
}

export interface ChatSystem {
  readonly tokens: Tokens;
  readonly broker: WatchedBroker;
  readonly platform: Platform;
  readonly servers: ReadonlyMap<number, ServerProcess>;
  /** Ends the servers and every connection that is left. */
  stop(): Promise<void>;
}

export async function startSystem(options: SystemOptions): Promise<ChatSystem> {
  const { directory, ledger, trace } = options;
  const tokens = await createTokens();
  const broker = new WatchedBroker(options.broker, trace);
  const storage = new MemoryStorage({ firstMessageId: FIRST_MESSAGE_ID });
  const platform = await Platform.start({
    broker: broker.for('platform'),
    routes: options.routes,
    storage,
    people: directory.people,
    onResult: async (result) => {
      for (const fact of await resultFacts(result, storage, directory)) ledger.saw(fact);
    },
    onSession: (event) => {
      const [place, server] = [directory.place(event.user!), serverName(Number(event.serverId))];
      if (event.kind === SessionEventKind.OPENED) ledger.saw(facts.arrived(place, server));
      if (event.kind === SessionEventKind.CLOSED) ledger.saw(facts.left(place, server));
    },
  });
  const servers = new Map(SERVER_IDS.map((id) => [id, createServer(id, tokens, platform, broker, options)]));
  await Promise.all([...servers.values()].map((server) => server.started()));
  for (const [id, server] of servers) {
    const queue = handledOnce(broker.for(serverName(id)));
    await queue.subscribe({ group: consumerGroup('server', id), topics: topics.ofServer(id) }, (delivery) =>
      server.consume(delivery),
    );
    await queue.subscribe({ group: consumerGroup('event', id), topics: topics.ofEvents(id) }, (delivery) =>
      server.consume(delivery),
    );
  }
  return {
    tokens,
    broker,
    platform,
    servers,
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      platform.close();
    },
  };
}

function createServer(
  id: number,
  tokens: Tokens,
  platform: Platform,
  broker: WatchedBroker,
  { directory, ledger, trace }: SystemOptions,
): ServerProcess {
  const name = serverName(id);
  const queue = broker.for(name);
  return new ServerProcess({
    id,
    tokenKey: tokens.publicKey,
    callables: {
      publish: (message: RocketMQMessage, serviceName: string | undefined) =>
        queue.publish(fromRocketMQ(message), { serviceName }),
      log(code: string, message: string, user: UserInfo | undefined) {
        trace.event(name, 'its log', user === undefined ? 'a stranger' : directory.place(user), message);
        ledger.saw(facts.logged(name, code));
      },
    },
    onCrash() {
      trace.event(name, 'platform', 'is gone', 'all its sessions have ended');
      void platform.serverLost(id);
    },
  });
}

/** One for each receiver of a result. */
async function resultFacts(
  { cmd, code, messageId, receivers }: SendResult,
  storage: Storage,
  directory: Directory,
): Promise<string[]> {
  const message = await storage.message(messageId);
  const what = message === undefined ? commandName(cmd) : (contentOf(message.data).clientMessageId ?? '');
  return receivers.flatMap(({ terminal, userIds }) =>
    userIds.map((userId) => facts.result(what, sendCodeName(code), directory.place({ userId, terminal }))),
  );
}
