// What an answer says otherwise than the vector.
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../json/json-value.js';

/** Undefined where the answer is as it should be. */
export function difference(expected: JsonObject, answer: JsonObject): string | undefined {
  for (const [key, wanted] of Object.entries(expected)) {
    const got = answer[key];
    if (got === undefined) return `expected ${shown({ [key]: wanted })}, got ${shown(answer)}`;
    if (!agrees(key, wanted, got)) return `expected ${key} ${shown(wanted)}, got ${shown(got)}`;
  }
  return undefined;
}

function agrees(key: string, expected: JsonValue, got: JsonValue): boolean {
  switch (key) {
    case 'error':
      return isError(expected as JsonObject, got);
    // "Of a Reject only the fields that are given"; an agreement may say more.
    case 'reject':
    case 'agreement':
      return isSubset(expected as JsonObject, got);
    case 'outcomes':
      return (
        Array.isArray(got) &&
        got.length === (expected as JsonValue[]).length &&
        got.every((one, i) => isOutcome((expected as JsonValue[])[i], one))
      );
    default:
      return isDeepStrictEqual(expected, got);
  }
}

function isOutcome(expected: JsonValue, got: JsonValue): boolean {
  const [kind, wanted] = Object.entries(expected as JsonObject)[0];
  const found = typeof got === 'object' && got !== null ? (got as JsonObject)[kind] : undefined;
  if (found === undefined) return false;
  return kind === 'frame' ? isDeepStrictEqual(wanted, found) : isError(wanted as JsonObject, found);
}

/** "An implementation that tells less passes, one that tells something else does not." */
function isError(expected: JsonObject, got: JsonValue): boolean {
  if (typeof got !== 'object' || got === null || Array.isArray(got) || got.code !== expected.code) return false;
  return Object.entries(expected).every(([key, wanted]) => {
    const found = got[key];
    if (found === undefined || found === null) return true;
    return key === 'issues' ? isDeepStrictEqual(issuesOf(wanted), issuesOf(found)) : isDeepStrictEqual(wanted, found);
  });
}

/** "In any order". */
function issuesOf(value: JsonValue): string[] {
  return (value as JsonObject[]).map(({ path, rule }) => JSON.stringify([path, rule])).sort();
}

function isSubset(expected: JsonObject, got: JsonValue): boolean {
  if (typeof got !== 'object' || got === null) return false;
  return Object.entries(expected).every(([key, wanted]) => isDeepStrictEqual(wanted, (got as JsonObject)[key]));
}

const SHOWN_CHARS = 300;

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
