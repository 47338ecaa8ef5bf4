// JSON of the older systems: exact values, written, compared and merged.
import { ProtocolError } from '../errors.js';
import { setKey } from '../json/json-options.js';
import { type ExactJson, parseJson } from '../json/parse-json.js';
import { hasOwn } from '../wire/older-engines.js';
import { byteLength } from '../wire/rules.js';
import { isWellFormed } from '../wire/well-formed.js';

export type Json = ExactJson;
export type JsonObject = { [key: string]: Json };

/**
 * Parses a text of an older system.
 * @throws ProtocolError FRAME_TOO_LARGE above `maxBytes` bytes of UTF-8; INVALID_MESSAGE for malformed JSON, a duplicate key, nesting over 203
 * levels, a number beyond the range of a double, a lone surrogate, and a key `__proto__`, which could change objects of a careless reader.
 */
export function parseLegacyJson(text: string, maxBytes: number): Json {
  // A UTF-16 unit has at least one byte, so the bytes of a longer text need not be counted.
  const bytes = text.length > maxBytes ? text.length : byteLength(text);
  if (bytes > maxBytes) {
    const message = `got ${text.length > maxBytes ? 'at least ' : ''}${bytes} bytes of JSON, limit ${maxBytes}`;
    throw new ProtocolError('FRAME_TOO_LARGE', message, { offset: 0, limit: maxBytes, actual: bytes });
  }
  const value = parseJson(text);
  // Only these texts can contain what is refused.
  if (text.includes('\\u') || text.includes('__proto__') || !isWellFormed(text)) refuseStrings(value, '');
  return value;
}

function refuseStrings(value: Json, path: string): void {
  if (typeof value === 'string') {
    if (!isWellFormed(value)) throw invalidJson(path, 'surrogate', 'lone surrogate');
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) refuseStrings(item, `${path}[${i}]`);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (key === '__proto__') throw invalidJson(path, 'unknown_key', 'the key __proto__ is not allowed');
      if (!isWellFormed(key)) throw invalidJson(path, 'surrogate', 'lone surrogate in a key');
      refuseStrings(value[key], path === '' ? key : `${path}.${key}`);
    }
  }
}

/** The error for one value in the JSON. */
export function invalidJson(path: string, rule: string, message: string): ProtocolError {
  const text = path === '' ? message : `${path}: ${message}`;
  return new ProtocolError('INVALID_MESSAGE', text, { path, issues: [{ path, rule, message }] });
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key; undefined without the key. @param key null = the system has no such key. */
export function at(object: JsonObject, key: string | null): Json | undefined {
  return key !== null && hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a key, unless the system has no such key or the value is undefined. */
export function put(object: JsonObject, key: string | null, value: Json | undefined): void {
  if (key !== null && value !== undefined) setKey(object, key, value);
}

/** Writes a value as JSON.stringify does, and bigints with all digits. */
export function writeJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value)) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeJson(value[key])}`;
  return `{${text}}`;
}

/** True for equal values. The order of keys does not matter (RFC 8259, section 4). */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => hasOwn(b, key) && isSame(a[key], b[key]));
}

/**
 * The original JSON of a message with what was changed since. A key whose value has changed gets its new value; all others stay as they were,
 * missing ones missing.
 * @param now the JSON of the message as it is now. @param then the JSON of the message that the original was read as.
 */
export function merge(now: JsonObject, original: JsonObject, then: JsonObject): JsonObject {
  const merged: JsonObject = {};
  for (const key of Object.keys(original)) {
    if (hasOwn(now, key)) setKey(merged, key, hasOwn(then, key) && isSame(now[key], then[key]) ? original[key] : now[key]);
    else if (!hasOwn(then, key)) setKey(merged, key, original[key]);
  }
  for (const key of Object.keys(now)) {
    if (!hasOwn(original, key) && !(hasOwn(then, key) && isSame(now[key], then[key]))) setKey(merged, key, now[key]);
  }
  return merged;
}
