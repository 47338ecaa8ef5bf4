// Everything except the clients: the platform and the queue in this process, and two IM servers in child processes.
import { Command, commandName, type SendResult, type SendResultInit, type UserInfo } from '@im/protocol';
import { type Broker, consumerGroup, sendResultMessage, topics } from '@im/protocol/rocketmq';
import { WatchedBroker } from '../broker/watched-broker.js';
import { Platform } from '../platform/platform.js';
import { createTokens, type Tokens } from '../platform/tokens.js';
import { ServerProcess } from '../process/server-process.js';
import { sendCodeName } from '../show/names.js';
import { serverName, type Trace } from '../show/trace.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';
import { watchedApplication } from './watched-application.js';

const SERVER_IDS = [1, 2];

export interface SystemOptions {
  readonly broker: Broker;
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
  const platform: Platform = await Platform.start({
    broker,
    serverIds: SERVER_IDS,
    groups: directory.members,
    onResult: (result) => {
      for (const fact of resultFacts(result, platform, directory)) ledger.saw(fact);
    },
  });
  const servers = new Map(SERVER_IDS.map((id) => [id, createServer(id, tokens, platform, broker, options)]));
  await Promise.all([...servers.values()].map((server) => server.started()));
  for (const [id, server] of servers) {
    const consume = ({ body }: { readonly body: Uint8Array }): Promise<void> => server.consume(body);
    await broker.subscribe(consumerGroup('server', id), topics.ofServer(id), consume);
  }
  return {
    tokens,
    broker,
    platform,
    servers,
    stop: async () => void (await Promise.all([...servers.values()].map((server) => server.stop()))),
  };
}

function createServer(
  id: number,
  tokens: Tokens,
  platform: Platform,
  broker: WatchedBroker,
  options: SystemOptions,
): ServerProcess {
  const { directory, ledger, trace } = options;
  const name = serverName(id);
  const application = watchedApplication(platform, name, directory, ledger, trace);
  return new ServerProcess({
    id,
    tokenKey: tokens.publicKey,
    callables: {
      ...application,
      publish: (result: SendResultInit, serviceName: string) => broker.publish(name, sendResultMessage(result), { serviceName }),
      log(code: string, message: string, user: UserInfo | undefined) {
        trace.event(name, 'its log', user === undefined ? 'a stranger' : directory.place(user), message);
        ledger.saw(facts.logged(name, code));
      },
    },
    onCrash() {
      trace.event(name, 'platform', 'is gone', 'all its sessions have ended');
      platform.serverLost(id);
    },
  });
}

/** One for each receiver of a result. */
function resultFacts({ cmd, code, messageId, receivers }: SendResult, { messages }: Platform, directory: Directory): string[] {
  const what = cmd === Command.FORCE_LOGOUT ? commandName(cmd) : messages.get(messageId).value.content!.clientMessageId;
  return receivers.flatMap(({ terminal, userIds }) =>
    userIds.map((userId) => facts.result(what, sendCodeName(code), directory.place({ userId, terminal }))),
  );
}
