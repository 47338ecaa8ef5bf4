// JSON values out of a text that comes in chunks: one behind the other, with anything between lines, or as the elements of a list.
import { quoted } from '../wire/quoted.js';
import { Failure, INVALID } from './exit.js';

/** No frame takes more: base64 or escapes of the largest, and what stands around it. */
const MAX_CHARS = 150_000_000;

/** The text of each value. */
export async function* jsonTexts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const cutter = new JsonCutter();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of chunks) yield* cutter.push(decoded(() => decoder.decode(bytes, { stream: true })));
  yield* cutter.push(decoded(() => decoder.decode()));
  cutter.end();
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new Failure(INVALID, 'the input is not UTF-8: "encode" takes JSON');
  }
}

/** Characters outside of a string that matter: quotes and brackets; inside of one: what ends it, and what does not. */
const OUTSIDE = /["{}[\]]/g;
const INSIDE = /["\\]/g;

/** Cuts a text into values. Each character is looked at once, however the text comes. */
class JsonCutter {
  /** The value that has begun, as far as it came in earlier pieces. */
  #parts: string[] = [];
  #chars = 0;
  #depth = 0;
  #isString = false;
  /** The next piece begins with a character that is escaped. */
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
    if (this.#depth > 0 || this.#isList) throw new Failure(INVALID, 'the JSON ends inside of a value');
  }

  /** A character that matters, between values. True if a value begins with it. */
  #begin(char: string): boolean {
    if (char === '{') {
      this.#depth = 1;
      return true;
    }
    if (char === '"') throw new Failure(INVALID, 'a frame is a JSON object, got a string');
    if (char === '}' || (char === '[') === this.#isList)
      throw new Failure(INVALID, `the JSON has a ${char} where a frame begins`);
    this.#isList = char === '[';
    return false;
  }

  #keep(text: string): void {
    this.#parts.push(text);
    this.#chars += text.length;
    if (this.#chars > MAX_CHARS) throw new Failure(INVALID, `a JSON value of more than ${MAX_CHARS} characters`);
  }
}

function requireBetween(text: string): void {
  const other = /[^\s,\ufeff]/.exec(text)?.[0];
  if (other !== undefined) throw new Failure(INVALID, `a frame is a JSON object, got ${quoted(other)}`);
}
