// The parameters of a call: from the query, the path, or the JSON body.
import { Refusal, ResultCode } from './results.js';

/** Ids are numbers in the JavaScript of the older clients, which are exact up to here only. */
const MAX_ID = BigInt(Number.MAX_SAFE_INTEGER);

export class Params {
  readonly #get: (name: string) => unknown;

  private constructor(get: (name: string) => unknown) {
    this.#get = get;
  }

  static ofQuery(query: URLSearchParams): Params {
    return new Params((name) => query.get(name) ?? undefined);
  }

  /** @throws Refusal for a text that is no JSON object. */
  static ofBody(text: string): Params {
    const value = parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('body', 'expected a JSON object');
    // Keys like __proto__ are no parameters.
    return new Params((name) => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined));
  }

  /** An id of a user, a group or a message. @throws Refusal if it is missing or wrong, as all of these. */
  id(name: string): bigint {
    const id = idOf(this.#get(name));
    if (id === undefined || id < 1n) throw wrong(name, `expected an id from 1 to ${MAX_ID}`);
    return id;
  }

  optionalId(name: string): bigint | undefined {
    return this.#isMissing(name) ? undefined : this.id(name);
  }

  /** The highest id that a client has. Clients without messages send 0, or -1. */
  minId(name: string): bigint {
    const value = this.#get(name);
    if (value === '-1') return 0n;
    const id = idOf(value);
    if (id === undefined) throw wrong(name, `expected an id up to ${MAX_ID}`);
    return id;
  }

  /** Ids, as a JSON array or separated by commas. `other`: a number that counts as an id. */
  ids(name: string, maxItems: number, other?: number): (bigint | number)[] {
    const value = this.#get(name) ?? [];
    const items: unknown = typeof value === 'string' ? value.split(',') : value;
    if (!Array.isArray(items) || items.length > maxItems) throw wrong(name, `expected at most ${maxItems} ids`);
    return items.map((item: unknown) => {
      if (other !== undefined && item === other) return other;
      const id = idOf(item);
      if (id === undefined || id < 1n) throw wrong(name, `expected ids from 1 to ${MAX_ID}`);
      return id;
    });
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#get(name);
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max)
      throw wrong(name, `expected an integer from ${min} to ${max}`);
    return number;
  }

  /** @param maxLength in UTF-16 code units, as the older platform counts. */
  text(name: string, maxLength: number): string {
    const value = this.#get(name);
    if (typeof value !== 'string' || value === '') throw wrong(name, 'expected a text');
    if (value.length > maxLength) throw wrong(name, `expected at most ${maxLength} characters, got ${value.length}`);
    return value;
  }

  optionalText(name: string, maxLength: number): string | undefined {
    return this.#isMissing(name) ? undefined : this.text(name, maxLength);
  }

  flag(name: string): boolean {
    const value = this.#get(name) ?? false;
    if (typeof value !== 'boolean') throw wrong(name, 'expected true or false');
    return value;
  }

  #isMissing(name: string): boolean {
    const value = this.#get(name);
    return value === undefined || value === null || value === '';
  }
}

/** A JSON number, or decimal digits; undefined for anything else, and above 2^53 - 1. */
function idOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return undefined;
  const id = BigInt(value);
  return id <= MAX_ID ? id : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('body', 'expected JSON');
  }
}

function wrong(name: string, text: string): Refusal {
  return new Refusal(ResultCode.FAILED, `${name}: ${text}`);
}
