// The demo's output: a heading for each step, and under it one line a hop, in columns.
import { FLAG_COMPRESSED, type Frame } from '@im/protocol';
import { describe } from './describe.js';
import { shorten } from './shorten.js';
import type { Trace } from './trace.js';

/** The number of columns before the text of a line. */
const TEXT_AT = 92;
/** The minimum number of columns for the text. */
const MIN_TEXT_COLUMNS = 24;

/** Codes of SGR (ECMA-48). */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;
type Style = keyof typeof STYLES;

export interface PrinterOptions {
  readonly write: (text: string) => void;
  readonly colours: boolean;
  /** The width of the terminal. */
  readonly columns: number;
  /** The name of a user. */
  readonly nameOf: (userId: bigint) => string;
}

export class Printer implements Trace {
  readonly #options: PrinterOptions;
  readonly #textColumns: number;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.#textColumns = Math.max(MIN_TEXT_COLUMNS, options.columns - TEXT_AT);
  }

  /** The heading of step `n` of `total`. */
  step(n: number, total: number, title: string): void {
    const number = String(n).padStart(String(total).length);
    this.#line(this.#styled('bold', `[${number}/${total}] ${title}`));
  }

  frame(from: string, to: string, frame: Frame, bytes: number, ...notes: string[]): void {
    if ((frame.flags & FLAG_COMPRESSED) !== 0) notes.push('compressed');
    const { command, ids, text } = describe(frame, this.#options.nameOf);
    this.#hop(from, to, frame.type, command, ids, `${bytes} B`, [...notes, text].join(', '));
  }

  event(from: string, to: string, what: string, text: string): void {
    this.#hop(from, to, '', what, '', '', text);
  }

  line(text = ''): void {
    this.#line(text);
  }

  good(text: string): void {
    this.#line(this.#styled('green', text));
  }

  bad(text: string): void {
    this.#line(this.#styled('red', text));
  }

  #hop(from: string, to: string, type: string, command: string, ids: string, size: string, text: string): void {
    const route = this.#styled('cyan', `${from.padEnd(10)} → ${to.padEnd(10)}`);
    const columns = [type.padEnd(12), command.padEnd(15), ids.padEnd(28), size.padStart(6)].join(' ');
    this.#line(`  ${route} ${columns}  ${this.#styled('dim', shorten(text, this.#textColumns))}`.trimEnd());
  }

  #line(text: string): void {
    this.#options.write(`${text}\n`);
  }

  #styled(style: Style, text: string): string {
    return this.#options.colours ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text;
  }
}
