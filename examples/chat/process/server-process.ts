// An IM server in a child process, from the view of the parent: started, killed, and restarted.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Delivery } from '@im/protocol/rocketmq';
import type { JWK } from 'jose';
import { type Callables, Calls, ChannelClosed } from './calls.js';

const MAIN = fileURLToPath(new URL('../server/main.ts', import.meta.url));

export interface ServerProcessOptions {
  readonly id: number;
  /** With it the server checks tokens. */
  readonly tokenKey: JWK;
  /** The functions that the server calls: the queue, and a log. */
  readonly callables: Callables;
  /** Called if the process ends unexpectedly. */
  readonly onCrash: () => void;
}

export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | undefined;
  #calls: Promise<Calls>;
  #isStopping = false;
  /** The port that the system chose at the first start. Later starts reuse it. */
  port = 0;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#calls = this.#start();
  }

  async started(): Promise<void> {
    await this.#calls;
  }

  /** Hands a message of the queue to the server. If that dies before it is done, the next one gets it: at least once. */
  async consume({ ack: _ack, nack: _nack, deadLetter: _deadLetter, ...delivery }: Delivery): Promise<void> {
    for (;;) {
      try {
        const calls = await this.#calls;
        return await calls.call('consume', delivery);
      } catch (error) {
        if (!(error instanceof ChannelClosed) || this.#isStopping) throw error;
      }
    }
  }

  /** The process ends here and now, whatever it was doing; then it starts again. */
  async crash(): Promise<void> {
    const child = this.#child as ChildProcess;
    // Calls from now on wait for the next process.
    this.#calls = once(child, 'exit').then(() => this.#start());
    child.kill('SIGKILL');
    await this.#calls;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child as ChildProcess;
    const exited = child.exitCode === null ? once(child, 'exit') : undefined;
    await (await this.#calls).call('stop');
    child.disconnect();
    await exited;
  }

  async #start(): Promise<Calls> {
    const { id, tokenKey, callables, onCrash } = this.#options;
    // Structured clone supports Uint8Array and bigint.
    const child = fork(MAIN, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
    this.#child = child;
    child.once('exit', () => {
      if (!this.#isStopping) onCrash();
    });
    const calls = new Calls(child, callables);
    this.port = await calls.call<number>('start', { id, port: this.port, tokenKey });
    return calls;
  }
}
