import { fork } from 'node:child_process';
import { join } from 'node:path';
import { BENCH } from '../prepare/paths.mjs';
import { connectRpc } from './rpc.mjs';

const STOP_MS = 2_000;

/** A process of a measurement: a server, or the clients. */
export class Child {
  #process;
  #rpc;
  #exit;

  /** @param handlers what it may call here. */
  constructor(title, file, args, handlers = {}) {
    const options = { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] };
    this.#process = fork(join(BENCH, 'load', file), args, options);
    this.#rpc = connectRpc(this.#process, handlers);
    this.#exit = new Promise((resolve) => {
      this.#process.once('error', resolve);
      this.#process.once('exit', (code, signal) => {
        this.#rpc.fail(new Error(`${title} ended before it was done: ${signal ?? `exit code ${code}`}`));
        resolve();
      });
    });
  }

  call(name, argument, timeoutMs) {
    return this.#rpc.call(name, argument, timeoutMs);
  }

  /** Ends the process, by its own id. */
  async stop() {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await this.#exit;
    clearTimeout(timer);
  }
}
