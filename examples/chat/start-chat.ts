// The whole system in one process: the queue, the platform, and IM servers.
import type { UserInfo } from '@im/protocol';
import { type Broker, EmbeddedBroker } from '@im/protocol/rocketmq';
import { handledOnce } from './broker/handled-once.js';
import { LIMITS, type People } from './platform/context.js';
import { Platform, type PlatformOptions } from './platform/platform.js';
import { createTokens, createVerifier, type Tokens } from './platform/tokens.js';
import { ImServer, type ImServerOptions } from './server/im-server.js';

export interface ChatOptions extends Omit<PlatformOptions, 'broker'> {
  readonly people: People;
  /** Default: one in memory. */
  readonly broker?: Broker | undefined;
  /** Unix time in milliseconds, for the lifetimes of tokens. Default: the clock of the system. */
  readonly tokenClock?: (() => number) | undefined;
}

export interface Chat {
  readonly tokens: Tokens;
  readonly platform: Platform;
  /**
   * Starts an IM server, on a port of this machine. One that was closed may be started again, with the same id and port.
   * @param options `http` serves pages on the same port, `legacy` clients of an older system.
   */
  startServer(
    id: string | number,
    options?: Pick<ImServerOptions, 'port' | 'http' | 'legacy' | 'heartbeatIntervalMs' | 'log'>,
  ): Promise<ImServer>;
  /** Closes servers, queue and platform. */
  close(): Promise<void>;
}

/** Starts the platform and its queue: `const chat = await startChat({ people }); const server = await chat.startServer(1)`. */
export async function startChat({ broker = new EmbeddedBroker(), tokenClock, ...options }: ChatOptions): Promise<Chat> {
  const tokens = await createTokens({ nowMs: tokenClock });
  const verify: (token: string) => Promise<UserInfo> = await createVerifier(tokens.publicKey, { nowMs: tokenClock });
  const platform = await Platform.start({ ...options, broker });
  const servers = new Set<ImServer>();
  return {
    tokens,
    platform,
    async startServer(id, listenOptions = {}) {
      const server = await ImServer.start({
        id,
        queue: handledOnce(broker),
        verify,
        limits: options.limits ?? LIMITS,
        ...listenOptions,
      });
      servers.add(server);
      return server;
    },
    async close() {
      await Promise.all([...servers].map((server) => server.close()));
      await broker.close();
      platform.close();
    },
  };
}
