import { ProtocolError } from '../errors.js';
import { MAX_DEPTH } from '../limits.js';
import { hasOwn } from '../wire/older-engines.js';
import { byteLength } from '../wire/rules.js';
import { setKey } from './json-options.js';
import { exactInteger } from './scalar-from-json.js';

/** A JSON value whose integers beyond 2^53 are bigints. */
export type ExactJson = null | boolean | number | bigint | string | ExactJson[] | { [key: string]: ExactJson };

/** A message has two levels, its object and a list or map around it; the frame around all and a list in the innermost message add one each. */
const MAX_JSON_DEPTH = 2 * MAX_DEPTH + 3;

/**
 * Parses JSON text (RFC 8259) like JSON.parse, but without loss: an integer beyond 2^53 becomes a bigint with its exact value, in any notation
 * (1e18 too), and a duplicate key in an object is an error.
 * @throws ProtocolError INVALID_MESSAGE for malformed JSON, a number beyond the range of a double, nesting over 203 levels. The text has the
 * position of the character, `offset` that of the byte in UTF-8.
 */
export function parseJson(text: string): ExactJson {
  return new JsonReader(text).document();
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON refuses them in strings.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[a-z]+/y;
const WORDS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class JsonReader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): ExactJson {
    const value = this.value();
    if (this.next() !== undefined) throw this.unexpected();
    return value;
  }

  private value(): ExactJson {
    const first = this.next();
    if (first === '"') return this.string();
    if (first === '{' || first === '[') {
      if (++this.depth > MAX_JSON_DEPTH) throw this.error(`JSON nested deeper than ${MAX_JSON_DEPTH} levels`);
      const value = first === '{' ? this.object() : this.list();
      this.depth--;
      return value;
    }
    return first !== undefined && /[-0-9]/.test(first) ? this.number() : this.word();
  }

  private object(): { [key: string]: ExactJson } {
    const object: { [key: string]: ExactJson } = {};
    this.at++;
    if (this.skip('}')) return object;
    do {
      if (this.next() !== '"') throw this.unexpected();
      const start = this.at;
      const key = this.string();
      if (hasOwn(object, key)) throw this.error('a key that the object has already', start);
      if (!this.skip(':')) throw this.unexpected();
      setKey(object, key, this.value());
    } while (this.skip(','));
    if (!this.skip('}')) throw this.unexpected();
    return object;
  }

  private list(): ExactJson[] {
    const list: ExactJson[] = [];
    this.at++;
    if (this.skip(']')) return list;
    do list.push(this.value());
    while (this.skip(','));
    if (!this.skip(']')) throw this.unexpected();
    return list;
  }

  private string(): string {
    this.at++;
    let value = this.match(PLAIN);
    while (this.text[this.at] === '\\') {
      const sequence = this.match(ESCAPE);
      if (sequence === '') throw this.error('an escape that JSON does not have');
      value += escaped(sequence) + this.match(PLAIN);
    }
    if (this.text[this.at] !== '"') throw this.unexpected();
    this.at++;
    return value;
  }

  private number(): number | bigint {
    const start = this.at;
    const text = this.match(NUMBER);
    if (text === '') throw this.unexpected();
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.error('a number beyond the largest double', start);
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    const exact = exactInteger(text);
    // A fraction that was rounded away: no integer field accepts a number beyond 2^53, and a double is the nearest one.
    return exact ?? value;
  }

  private word(): null | boolean {
    const start = this.at;
    const word = this.match(WORD);
    if (hasOwn(WORDS, word)) return WORDS[word];
    this.at = start;
    throw this.unexpected();
  }

  /** The next character except white space; undefined at the end. */
  private next(): string | undefined {
    this.match(SPACE);
    return this.text[this.at];
  }

  private skip(char: string): boolean {
    const found = this.next() === char;
    if (found) this.at++;
    return found;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private unexpected(): ProtocolError {
    const char = this.text.codePointAt(this.at);
    if (char === undefined) return this.error('the end of the text');
    return this.error(
      char > 32 && char < 127 ? `a ${String.fromCharCode(char)}` : `U+${char.toString(16).toUpperCase().padStart(4, '0')}`,
    );
  }

  private error(what: string, at = this.at): ProtocolError {
    const message = `no JSON that can be read: ${what} at character ${at}`;
    const offset = byteLength(this.text.slice(0, at));
    return new ProtocolError('INVALID_MESSAGE', message, { offset, path: '', issues: [{ path: '', rule: 'json', message }] });
  }
}

function escaped(sequence: string): string {
  const letter = sequence[1];
  return letter === 'u' ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16)) : (ESCAPED[letter] ?? letter);
}
