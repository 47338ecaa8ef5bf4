// Splits a stream of text into JSON values: a sequence of objects, or the elements of an array.
import { quoted } from '../wire/quoted.js';
import { Failure, INVALID } from './exit.js';

/** Maximum characters of a value: more than the largest frame needs in base64 or escapes. */
const MAX_CHARS = 150_000_000;

/** The text of each value. */
export async function* jsonTexts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const splitter = new JsonSplitter();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of chunks) yield* splitter.push(decoded(() => decoder.decode(bytes, { stream: true })));
  yield* splitter.push(decoded(() => decoder.decode()));
  splitter.end();
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new Failure(INVALID, 'the input is not UTF-8: expected JSON');
  }
}

/** The significant characters outside and inside a string. */
const OUTSIDE = /["{}[\]]/g;
const INSIDE = /["\\]/g;

/** Splits a text into values in linear time, however it is chunked. */
export class JsonSplitter {
  /** The current value, as far as earlier chunks had it. */
  #parts: string[] = [];
  #chars = 0;
  #depth = 0;
  #isString = false;
  /** The first character of the next chunk is escaped. */
  #isEscaped = false;
  #isList = false;

  *push(text: string): Generator<string> {
    let at = 0;
    let start = 0;
    if (this.#isEscaped && text !== '') {
      at = 1;
      this.#isEscaped = false;
    }
    for (;;) {
      const pattern = this.#isString ? INSIDE : OUTSIDE;
      pattern.lastIndex = at;
      const found = pattern.exec(text)?.index;
      if (found === undefined) break;
      at = found + 1;
      if (text[found] === '\\') {
        if (at === text.length) this.#isEscaped = true;
        else at++;
      } else if (this.#depth === 0) {
        requireBetween(text.slice(start, found));
        start = this.#begin(text[found]) ? found : at;
      } else if (text[found] === '"') this.#isString = !this.#isString;
      else {
        this.#depth += text[found] === '{' || text[found] === '[' ? 1 : -1;
        if (this.#depth > 0) continue;
        yield this.#parts.join('') + text.slice(start, at);
        this.#parts = [];
        this.#chars = 0;
        start = at;
      }
    }
    if (this.#depth === 0) requireBetween(text.slice(start));
    else this.#keep(text.slice(start));
  }

  end(): void {
    if (this.#depth > 0 || this.#isList) throw new Failure(INVALID, 'the JSON ends inside a value');
  }

  /** A significant character between values. Returns true if a value begins with it. */
  #begin(char: string): boolean {
    if (char === '{') {
      this.#depth = 1;
      return true;
    }
    if (char === '"') throw new Failure(INVALID, 'expected a JSON object for a frame, got a string');
    if (char === '}' || (char === '[') === this.#isList)
      throw new Failure(INVALID, `expected a JSON object for a frame, got ${char}`);
    this.#isList = char === '[';
    return false;
  }

  #keep(text: string): void {
    this.#parts.push(text);
    this.#chars += text.length;
    if (this.#chars > MAX_CHARS) throw new Failure(INVALID, `a JSON value has more than ${MAX_CHARS} characters`);
  }
}

function requireBetween(text: string): void {
  const other = /[^\s,\ufeff]/.exec(text)?.[0];
  if (other !== undefined) throw new Failure(INVALID, `expected a JSON object for a frame, got ${quoted(other)}`);
}
