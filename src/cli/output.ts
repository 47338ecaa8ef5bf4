// What is written to stdout: in large pieces, and no faster than it is read.
import { once } from 'node:events';
import { harmless } from '../inspect/value-text.js';

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
  process.stderr.write(`im-protocol: ${plainText(text)}\n`);
}

/** Text of others, without what acts on a terminal: it may be from an input that somebody made for that. */
export function plainText(text: string): string {
  return harmless(text).replace(CONTROLS, (char) => JSON.stringify(char).slice(1, -1));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\u0000-\u001f]/g;
