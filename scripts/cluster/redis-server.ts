// Debian's redis-server on loopback, which can be killed and started again with its data.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installProgram } from '../debian/install-package.js';
import { endChild, isAlive, startChild } from '../rocketmq/children.js';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 20_000;

export class RedisServer {
  readonly port: number;
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(program: string, port: number) {
    this.#program = program;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'im-cluster-redis-'));
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  }

  static async start(): Promise<RedisServer> {
    const path = process.env.REDIS_SERVER ?? '/usr/bin/redis-server';
    const otherwise = 'install it, and set REDIS_SERVER=/path/to/redis-server';
    const redis = new RedisServer(installProgram({ package: 'redis-server', path, otherwise }), await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  get version(): string {
    return /v=([\d.]+)/.exec(execFileSync(this.#program, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'of an unknown version';
  }

  /** Starts it, also after `kill`: what was written is kept. */
  async start(): Promise<void> {
    const settings = { port: this.port, bind: HOST, dir: this.#folder, save: '', appendonly: 'yes', daemonize: 'no' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = startChild(this.#program, args, { stdio: 'ignore' });
    this.#child = child;
    for (const endMs = Date.now() + START_TIMEOUT_MS; !(await this.#isReady()); await sleep(50)) {
      if (!isAlive(child)) throw new Error(`redis-server ended with ${child.exitCode ?? child.signalCode}`);
      if (Date.now() > endMs) throw new Error(`redis-server does not answer within ${START_TIMEOUT_MS} ms`);
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.#child) await endChild(this.#child, 'SIGKILL');
  }

  /** Whether it answers PING. While it reads its data it answers LOADING. */
  #isReady(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, HOST, () => socket.write('PING\r\n'));
      socket.once('data', (answer) => {
        resolve(answer.toString().startsWith('+PONG'));
        socket.destroy();
      });
      socket.once('error', () => resolve(false));
    });
  }
}

/** A port that is free, below the ephemeral ones: an outgoing connection could take it while Redis restarts. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
