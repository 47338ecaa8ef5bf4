// The vectors as requests to an implementation, each with what its answer has to say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../json/json-value.js';
import { packageRoot } from './package-root.js';

/** A line that the implementation gets, without its id. */
export type Request =
  | { readonly op: 'decode'; readonly hex: string; readonly settings: JsonObject }
  | { readonly op: 'decodeStream'; readonly hex: string; readonly chunkBytes: number; readonly settings: JsonObject }
  | { readonly op: 'encode'; readonly frame: JsonObject; readonly settings: JsonObject }
  | { readonly op: 'negotiate'; readonly hello: JsonObject; readonly server: JsonObject }
  | {
      readonly op: 'check';
      readonly hello: JsonObject;
      readonly welcome?: JsonObject;
      readonly reject?: JsonObject;
      readonly subprotocol?: string;
    };

export interface VectorRequest {
  readonly file: string;
  readonly vector: string;
  readonly request: Request;
  /** What the answer has to say; what an error does not name is free. */
  readonly expected: JsonObject;
}

type Hex = string | readonly (string | { readonly repeat: string; readonly times: number })[];

interface Vector {
  readonly name: string;
  readonly hex?: Hex;
  readonly settings?: JsonObject;
  readonly frame?: JsonObject;
  readonly canonical?: true;
  readonly reencoded?: Hex;
  readonly error?: JsonObject;
  readonly decode?: 'single';
  readonly outcomes?: JsonValue[];
  readonly negotiate?: JsonObject;
  readonly check?: JsonObject;
}

/** Longer ones are not cut into single bytes. */
const BYTE_BY_BYTE_HEX = 2 * 4096;

export function* vectorRequests(): Generator<VectorRequest> {
  const folder = join(packageRoot(), 'vectors');
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json') || name === 'schema.json') continue;
    const file = name.replace(/\.json$/, '');
    const { vectors } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { vectors: Vector[] };
    for (const vector of vectors) {
      for (const [request, expected] of requestsOf(vector)) yield { file, vector: vector.name, request, expected };
    }
  }
}

function* requestsOf(vector: Vector): Generator<[Request, JsonObject]> {
  const { hex: given, settings = {}, frame, error, outcomes, negotiate, check } = vector;
  const hex = joined(given);
  if (frame !== undefined || error !== undefined) {
    const expected = frame === undefined ? { error: error! } : { frame: expand(frame) as JsonObject };
    yield [{ op: 'decode', hex, settings }, expected];
    if (vector.decode !== 'single' && frame !== undefined && hex.length <= BYTE_BY_BYTE_HEX) {
      yield [{ op: 'decodeStream', hex, chunkBytes: 1, settings }, { outcomes: [expected] }];
    }
  }
  if (frame !== undefined && (vector.canonical || vector.reencoded !== undefined)) {
    yield [
      { op: 'encode', frame: expand(frame) as JsonObject, settings },
      { hex: vector.canonical ? hex : joined(vector.reencoded) },
    ];
  }
  if (outcomes !== undefined) {
    const expected = { outcomes: expand(outcomes) as JsonValue };
    yield [{ op: 'decodeStream', hex, chunkBytes: 0, settings }, expected];
    if (hex.length <= BYTE_BY_BYTE_HEX) yield [{ op: 'decodeStream', hex, chunkBytes: 1, settings }, expected];
  }
  if (negotiate !== undefined) {
    const { hello, server, ...answer } = negotiate;
    yield [{ op: 'negotiate', hello: hello as JsonObject, server: server as JsonObject }, answer];
  }
  if (check !== undefined) {
    const { agreement, error: refused, ...rest } = check;
    yield [{ op: 'check', ...rest } as Request, agreement === undefined ? { error: refused } : { agreement }];
  }
}

function joined(hex: Hex | undefined): string {
  const parts = typeof hex === 'string' ? [hex] : (hex ?? []);
  return parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');
}

/** `{ "$repeat": [text, times, tail] }` written out. */
function expand(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  const repeat = value.$repeat as [string, number, string?] | undefined;
  if (repeat !== undefined) return repeat[0].repeat(repeat[1]) + (repeat[2] ?? '');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}
