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

/** Runs a Lua script: each Redis gets it once, and again after a restart. */
export class RedisScript {
  readonly #client: RedisClient;
  readonly #script: string;
  readonly #timeoutMs: number;
  readonly #timers: Pick<Clock, 'setTimer' | 'clearTimer'>;
  #sha: Promise<string> | undefined;

  /** @param timeoutMs how long a call may take: a client may keep commands while Redis is away. */
  constructor(
    client: RedisClient,
    script: string,
    timeoutMs: number,
    timers: Pick<Clock, 'setTimer' | 'clearTimer'> = SYSTEM_CLOCK,
  ) {
    this.#client = client;
    this.#script = script;
    this.#timeoutMs = timeoutMs;
    this.#timers = timers;
  }

  /** @throws ProtocolError (as a rejection) TIMEOUT, INTERNAL: the script may have run nevertheless. */
  async run(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    let timer: unknown;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new ProtocolError('TIMEOUT', `no answer of Redis within ${this.#timeoutMs} ms`);
      timer = this.#timers.setTimer(() => reject(error), this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#evaluate(keys, args), late]);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      throw new ProtocolError('INTERNAL', 'the call of Redis failed', { cause });
    } finally {
      this.#timers.clearTimer(timer);
    }
  }

  async #evaluate(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#call(['EVALSHA', await this.#loaded(), ...rest]);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      // In a cluster, SCRIPT LOAD may go to another node than the keys. EVAL loads the script, too.
      return this.#call(['EVAL', this.#script, ...rest]);
    }
  }

  #loaded(): Promise<string> {
    if (this.#sha !== undefined) return this.#sha;
    const sha = this.#call(['SCRIPT', 'LOAD', this.#script]).then(String);
    this.#sha = sha;
    sha.catch(() => {
      if (this.#sha === sha) this.#sha = undefined;
    });
    return sha;
  }

  #call([command, ...args]: [string, ...string[]]): Promise<unknown> {
    const client = this.#client;
    return 'call' in client && typeof client.call === 'function'
      ? client.call(command, ...args)
      : (client as NodeRedisClient).sendCommand([command, ...args]);
  }
}
