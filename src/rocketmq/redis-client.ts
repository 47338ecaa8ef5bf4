// Calls of Redis through the client of the application: node-redis or ioredis. Nothing is imported from them.
import { ProtocolError } from '../errors.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';

/** A client of the package `redis` (node-redis), from `createClient`, connected. */
export interface NodeRedisClient {
  /** Sends a command: its name and arguments. */
  sendCommand(args: string[]): Promise<unknown>;
}

/** A client of the package `ioredis`. */
export interface IoRedisClient {
  /** Sends a command: its name, then its arguments. */
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** The client of the application, which connects, reconnects and closes it. Any version of node-redis from 4 on and of ioredis from 5 on. */
export type RedisClient = NodeRedisClient | IoRedisClient;

type RedisTimers = Pick<Clock, 'setTimer' | 'clearTimer'>;

/** Calls commands, with a timeout. */
export class RedisCommands {
  readonly #client: RedisClient;
  readonly #timeoutMs: number;
  readonly #timers: RedisTimers;

  /** @param timeoutMs how long a call may take: a client may keep commands while Redis is away. */
  constructor(client: RedisClient, timeoutMs: number, timers: RedisTimers = SYSTEM_CLOCK) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#timers = timers;
  }

  /** Calls a command. The error is that of the client. */
  call([command, ...args]: readonly [string, ...string[]]): Promise<unknown> {
    const client = this.#client;
    return 'call' in client && typeof client.call === 'function'
      ? client.call(command, ...args)
      : (client as NodeRedisClient).sendCommand([command, ...args]);
  }

  /** Waits for calls. @throws ProtocolError (as a rejection) TIMEOUT, INTERNAL: the commands may have run nevertheless. */
  async within<T>(calls: () => Promise<T>): Promise<T> {
    let timer: unknown;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new ProtocolError('TIMEOUT', `no answer of Redis within ${this.#timeoutMs} ms`);
      timer = this.#timers.setTimer(() => reject(error), this.#timeoutMs);
    });
    try {
      return await Promise.race([calls(), late]);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      throw new ProtocolError('INTERNAL', 'the call of Redis failed', { cause });
    } finally {
      this.#timers.clearTimer(timer);
    }
  }
}

/** Runs a Lua script: each Redis gets it once, and again after a restart. */
export class RedisScript {
  readonly #commands: RedisCommands;
  readonly #script: string;
  #sha: Promise<string> | undefined;

  /** @param timeoutMs as that of RedisCommands. */
  constructor(client: RedisClient, script: string, timeoutMs: number, timers?: RedisTimers) {
    this.#commands = new RedisCommands(client, timeoutMs, timers);
    this.#script = script;
  }

  /** @throws ProtocolError (as a rejection) TIMEOUT, INTERNAL: the script may have run nevertheless. */
  run(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#commands.within(() => this.#evaluate(keys, args));
  }

  async #evaluate(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#commands.call(['EVALSHA', await this.#loaded(), ...rest]);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      // In a cluster, SCRIPT LOAD may go to another node than the keys. EVAL loads the script, too.
      return this.#commands.call(['EVAL', this.#script, ...rest]);
    }
  }

  #loaded(): Promise<string> {
    if (this.#sha !== undefined) return this.#sha;
    const sha = this.#commands.call(['SCRIPT', 'LOAD', this.#script]).then(String);
    this.#sha = sha;
    sha.catch(() => {
      if (this.#sha === sha) this.#sha = undefined;
    });
    return sha;
  }
}
