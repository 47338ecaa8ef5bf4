// Another implementation as a child process: requests on its stdin, answers on its stdout.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { JsonObject } from '../../json/json-options.js';
import { quoted } from '../../wire/quoted.js';
import { Failure, INVALID } from '../exit.js';
import { linesOf } from '../input/lines.js';

export class Implementation {
  readonly #lines: AsyncGenerator<string>;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly timeoutMs: number,
  ) {
    this.#lines = linesOf(child.stdout);
    // If it does not read its stdin, its answers are missing.
    child.stdin.on('error', () => {});
  }

  static async start(command: string, args: readonly string[], timeoutMs: number): Promise<Implementation> {
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new Failure(INVALID, `cannot start ${command}: ${(error as Error).message}`);
    }
    return new Implementation(child, timeoutMs);
  }

  async ask(id: number, line: string): Promise<JsonObject> {
    this.child.stdin.write(`${line}\n`);
    const text = await this.#answer(id);
    let answer: JsonObject;
    try {
      answer = JSON.parse(text) as JsonObject;
    } catch {
      throw new Failure(INVALID, `the answer to request ${id} is not JSON: ${quoted(text, 200)}`);
    }
    if (answer.id !== undefined && answer.id !== id)
      throw new Failure(INVALID, `expected an answer to request ${id}, got one to ${answer.id}`);
    return answer;
  }

  stop(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  async #answer(id: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Failure(INVALID, `no answer to request ${id} within ${this.timeoutMs} ms`)),
        this.timeoutMs,
      );
    });
    const next = this.#lines.next();
    const { value, done } = await Promise.race([next, late]).finally(() => clearTimeout(timer));
    if (done) throw new Failure(INVALID, `the implementation exited before it answered request ${id}`);
    return value;
  }
}
