// What is written to stdout: in large pieces, and no faster than it is read.
import { once } from 'node:events';
import { inertJson, inertText } from '../wire/quoted.js';

const PIECE_BYTES = 65_536;

/** Data on stdout. */
export class Output {
  #text: string[] = [];
  #chars = 0;

  /** Takes text; `flush` waits until it may take more. */
  write(text: string): void {
    this.#text.push(text);
    this.#chars += text.length;
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** True if it is time to flush. */
  get isFull(): boolean {
    return this.#chars >= PIECE_BYTES;
  }

  async flush(): Promise<void> {
    if (this.#chars === 0) return;
    const text = this.#text.join('');
    this.#text = [];
    this.#chars = 0;
    await writeOut(text);
  }
}

/** Writes, and waits while stdout is full. */
export async function writeOut(data: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain');
}

/** Talk: on stderr, one line. */
export function say(text: string): void {
  process.stderr.write(`im-protocol: ${inertText(text)}\n`);
}

/** A value as JSON on one line, in which nothing acts on a terminal. */
export function jsonText(value: unknown): string {
  return inertJson(JSON.stringify(value));
}
