// Output: buffered data on stdout with back-pressure, messages on stderr, and colors.
import { once } from 'node:events';
import { inertJson, inertText } from '../wire/quoted.js';

const FLUSH_CHARS = 65_536;

/** A buffer in front of stdout. */
export class Output {
  #text: string[] = [];
  #chars = 0;

  write(text: string): void {
    this.#text.push(text);
    this.#chars += text.length;
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** True if `flush` is due. */
  get isFull(): boolean {
    return this.#chars >= FLUSH_CHARS;
  }

  async flush(): Promise<void> {
    if (this.#chars === 0) return;
    const text = this.#text.join('');
    this.#text = [];
    this.#chars = 0;
    await writeOut(text);
  }
}

/** Writes to stdout and waits while it is full. */
export async function writeOut(data: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain');
}

/** Prints a message on stderr, in one line. */
export function log(text: string): void {
  process.stderr.write(`im-protocol: ${inertText(text)}\n`);
}

/** A value as JSON in one line, without characters that act on a terminal. */
export function jsonText(value: unknown): string {
  return inertJson(JSON.stringify(value));
}

// Colors, by NO_COLOR, FORCE_COLOR and whether stdout is a terminal.

export type Paint = (style: Style, text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };
export type Style = keyof typeof CODES;

const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

/** @param when value of --color: `always`, `never`; anything else = if stdout is a terminal. */
export function createPaint(when: string | undefined): Paint {
  if (when === 'always') return colored;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (when === 'never' || (NO_COLOR !== undefined && NO_COLOR !== '')) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return colored;
  return process.stdout.isTTY === true && TERM !== 'dumb' ? colored : plain;
}
