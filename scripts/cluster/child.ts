// A child process with typed calls.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Callables, Calls } from '../../examples/chat/process/calls.js';

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export class Child {
  readonly calls: Calls;
  readonly #process: ChildProcess;

  /** @param file next to this one. */
  constructor(file: string, callables: Callables = {}) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#process = fork(path, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
    children.add(this.#process);
    this.#process.once('exit', () => children.delete(this.#process));
    this.calls = new Calls(this.#process, callables);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
