// Everything but the clients: the platform, the queue and two IM servers, in one process.
import { Command, commandName, type SendResult } from '@im/protocol';
import { Platform } from '../platform/platform.js';
import { createTokens, type Tokens } from '../platform/tokens.js';
import type { Queue } from '../queue/queue.js';
import { ImServer } from '../server/im-server.js';
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
  readonly servers: ReadonlyMap<number, ImServer>;
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
  const servers = new Map<number, ImServer>();
  for (const id of SERVER_IDS) servers.set(id, await startServer(id, tokens, platform, options));
  return {
    tokens,
    platform,
    servers,
    stop: async () => void (await Promise.all([...servers.values()].map((server) => server.close()))),
  };
}

function startServer(id: number, tokens: Tokens, platform: Platform, options: SystemOptions): Promise<ImServer> {
  const { queue, directory, ledger, trace } = options;
  const name = serverName(id);
  return ImServer.start({
    id,
    tokens,
    queue: tracedQueue(queue, name, trace),
    application: watchedApplication(platform, name, directory, ledger, trace),
    onError: (error, session) => {
      const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
      trace.event(name, 'its log', session === undefined ? 'a stranger' : directory.place(session.user), error.message + cause);
      ledger.saw(facts.logged(name, error.code));
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
