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

// Colours, where somebody sees them: "NO_COLOR and TTY honoured".

export type Paint = (style: Style, text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };
export type Style = keyof typeof CODES;

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

/** @param when of --color: `always`, `never`, anything else = where stdout is a terminal. */
export function createPaint(when: string | undefined): Paint {
  if (when === 'always') return coloured;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (when === 'never' || (NO_COLOR !== undefined && NO_COLOR !== '')) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return coloured;
  return process.stdout.isTTY === true && TERM !== 'dumb' ? coloured : plain;
}
