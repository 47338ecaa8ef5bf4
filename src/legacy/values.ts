// Single values of the older JSON: ids, integers, times, texts.

import { parseJson } from '../json/parse-json.js';
import { at, invalidJson, isObject, type Json, type JsonObject } from './json.js';
import type { LegacyProfile } from './profile.js';

const MAX_ID = 2n ** 63n - 1n;
/** FORMAT_UNIX_MS: the end of year 9999. */
const MAX_TIME = 253_402_300_799_999n;
const MAX_UINT32 = 0xffff_ffff;
const INTEGER = /^-?\d{1,19}$/;

/** The integer of a JSON number or of a text of digits; undefined for anything else. */
export function integerOf(value: Json | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && INTEGER.test(value) ? BigInt(value) : undefined;
}

/** An id; undefined for a value that is no id: what other fields do not represent, a message carries along. */
export function idOf(value: Json | undefined): bigint | undefined {
  const id = integerOf(value);
  return id !== undefined && id > 0n && id <= MAX_ID ? id : undefined;
}

/**
 * An id that decides where a message goes; undefined if it is missing, null or 0.
 * @throws ProtocolError INVALID_MESSAGE for any other value that is no id.
 */
export function addressOf(value: Json | undefined, path: string): bigint | undefined {
  if (value === undefined || value === null) return undefined;
  const id = integerOf(value);
  if (id === undefined || id < 0n || id > MAX_ID)
    throw invalidJson(path, 'format', 'expected an id from 1 to 9223372036854775807');
  return id === 0n ? undefined : id;
}

/** @throws ProtocolError INVALID_MESSAGE for a value that is no integer within the range of a double's integers. */
export function requireInteger(value: Json | undefined, path: string): number {
  const integer = integerOf(value);
  if (value === undefined) throw invalidJson(path, 'required', 'missing');
  if (integer === undefined || !Number.isSafeInteger(Number(integer))) throw invalidJson(path, 'type', 'expected an integer');
  return Number(integer);
}

/** Unix time in milliseconds; 0n for a value that is none. */
export function timeOf(value: Json | undefined): bigint {
  const time = integerOf(value);
  return time !== undefined && time > 0n && time <= MAX_TIME ? time : 0n;
}

/** An integer from 0 to 2^32 - 1; 0 for any other value. */
export function uint32Of(value: Json | undefined): number {
  const integer = integerOf(value);
  return integer !== undefined && integer > 0n && integer <= BigInt(MAX_UINT32) ? Number(integer) : 0;
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The object in a text that is JSON, as `content` of a picture; undefined for any other text. */
export function objectIn(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined;
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

/** The value of a text that is JSON; undefined for any other text. */
export function jsonIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** An integer as JSON has it. */
export function integerJson(value: bigint): Json {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

/** An id as the system writes it; undefined for 0n, which is none. */
export function idJson(id: bigint | undefined, { ids }: LegacyProfile): Json | undefined {
  if (id === undefined || id === 0n) return undefined;
  return ids === 'string' ? id.toString() : integerJson(id);
}

/** A time; undefined for 0n, which is none. */
export function timeJson(time: bigint | undefined): Json | undefined {
  return time === undefined || time === 0n ? undefined : integerJson(time);
}

/** The terminal of a number; undefined for a number that the profile does not have. */
export function terminalOf(value: Json | undefined, { lookup }: LegacyProfile): number | undefined {
  const number = integerOf(value);
  return number === undefined ? undefined : lookup.terminal.get(Number(number));
}

/** The number of a terminal. One that the system does not have is the number of an unknown one. */
export function terminalJson(terminal: number, { lookup }: LegacyProfile): number {
  return lookup.terminalNumber.get(terminal) ?? lookup.terminalNumber.get(0) ?? -1;
}

/** The values of several keys, for a message that needs at least one of them. */
export function hasAny(object: JsonObject, keys: readonly (string | null)[]): boolean {
  return keys.some((key) => at(object, key) !== undefined);
}
