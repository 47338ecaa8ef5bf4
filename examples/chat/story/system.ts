// Everything but the clients: the platform and the queue here, and two IM servers, each in a process of its own.
import { Command, commandName, type SendResult, type UserInfo } from '@im/protocol';
import { Platform } from '../platform/platform.js';
import { createTokens, type Tokens } from '../platform/tokens.js';
import { ServerProcess } from '../process/server-process.js';
import type { Queue } from '../queue/queue.js';
import { messageTopics } from '../queue/topics.js';
import { sendCodeName } from '../show/names.js';
import { serverName, type Trace } from '../show/trace.js';
import { tracedQueue } from '../show/traced-queue.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';
import { watchedApplication } from './watched-application.js';

const SERVER_IDS = [1, 2];

export interface SystemOptions {
  readonly queue: Queue;
  readonly directory: Directory;
  /** What happens is entered here. */
  readonly ledger: Ledger;
  readonly trace: Trace;
}

export interface ChatSystem {
  readonly tokens: Tokens;
  readonly platform: Platform;
  readonly servers: ReadonlyMap<number, ServerProcess>;
  /** Ends the servers and every connection that is left. */
  stop(): Promise<void>;
}

export async function startSystem(options: SystemOptions): Promise<ChatSystem> {
  const { queue, directory, ledger, trace } = options;
  const tokens = await createTokens();
  const platform: Platform = new Platform({
    queue: tracedQueue(queue, 'platform', trace),
    serverIds: SERVER_IDS,
    groups: directory.members,
    onResult: (result) => {
      for (const fact of resultFacts(result, platform, directory)) ledger.saw(fact);
    },
  });
  const servers = new Map(SERVER_IDS.map((id) => [id, createServer(id, tokens, platform, options)]));
  await Promise.all([...servers.values()].map((server) => server.started()));
  return {
    tokens,
    platform,
    servers,
    stop: async () => void (await Promise.all([...servers.values()].map((server) => server.stop()))),
  };
}

function createServer(id: number, tokens: Tokens, platform: Platform, options: SystemOptions): ServerProcess {
  const { queue, directory, ledger, trace } = options;
  const name = serverName(id);
  const application = watchedApplication(platform, name, directory, ledger, trace);
  const traced = tracedQueue(queue, name, trace);
  const server = new ServerProcess({
    id,
    tokenKey: tokens.publicKey,
    callables: {
      ...application,
      publish: (topic: string, frame: Uint8Array) => traced.publish(topic, frame),
      log(code: string, message: string, user: UserInfo | undefined) {
        trace.event(name, 'its log', user === undefined ? 'a stranger' : directory.place(user), message);
        ledger.saw(facts.logged(name, code));
      },
    },
    onCrash() {
      trace.event(name, 'platform', 'is gone', 'whoever was connected to it is nowhere now');
      platform.serverLost(id);
    },
  });
  for (const topic of messageTopics(id)) queue.subscribe(topic, (frame) => server.consume(frame));
  return server;
}

/** One for each receiver of a result. */
function resultFacts({ cmd, code, messageId, receivers }: SendResult, { messages }: Platform, directory: Directory): string[] {
  const what = cmd === Command.FORCE_LOGOUT ? commandName(cmd) : messages.get(messageId).value.content!.clientMessageId;
  return receivers.flatMap(({ terminal, userIds }) =>
    userIds.map((userId) => facts.result(what, sendCodeName(code), directory.place({ userId, terminal }))),
  );
}
