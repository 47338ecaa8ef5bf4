// The vectors as requests to an implementation, each with what its answer has to say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS, type ErrorName } from '../errors.js';
import type { JsonObject, JsonValue } from '../json/json-options.js';
import { packageRoot } from './package-root.js';

/** A line that the implementation gets, without its id. */
export type Request =
  | { readonly op: 'decode'; readonly hex: string; readonly settings: JsonObject }
  | { readonly op: 'decodeStream'; readonly hex: string; readonly chunkBytes: number; readonly settings: JsonObject }
  | { readonly op: 'encode'; readonly frame: JsonObject; readonly settings: JsonObject }
  | { readonly op: 'reencode'; readonly hex: string; readonly settings: JsonObject }
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
  /** The frame that bytes have to mean, where `expected` has them. */
  readonly value?: JsonObject;
  /** A reader that stands on a protobuf library may accept what is refused here. */
  readonly stricterThanProtobuf: boolean;
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
  readonly stricterThanProtobuf?: true;
  readonly outcomes?: JsonObject[];
  readonly negotiate?: JsonObject;
  readonly check?: JsonObject;
}

/** "Broken framing (errors 16 to 19)": nothing follows. */
function breaksFraming({ code }: JsonObject): boolean {
  const { number } = ERRORS[code as ErrorName];
  return number >= 16 && number <= 19;
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
      const { name, stricterThanProtobuf = false } = vector;
      for (const asked of requestsOf(vector)) yield { file, vector: name, stricterThanProtobuf, ...asked };
    }
  }
}

type Asked = Pick<VectorRequest, 'request' | 'expected' | 'value'>;

function* requestsOf(vector: Vector): Generator<Asked> {
  if (vector.frame !== undefined) yield* ofFrame(vector, vector.frame);
  if (vector.error !== undefined) yield* ofError(vector, vector.error);
  if (vector.outcomes !== undefined) yield* ofStream(vector, expand(vector.outcomes) as JsonObject[], [0, 1]);
  if (vector.negotiate !== undefined) yield ofNegotiation(vector.negotiate);
  if (vector.check !== undefined) yield ofCheck(vector.check);
}

function* ofFrame(vector: Vector, given: JsonObject): Generator<Asked> {
  const { settings = {}, canonical, reencoded } = vector;
  const hex = joined(vector.hex);
  const frame = expand(given) as JsonObject;
  yield { request: { op: 'decode', hex, settings }, expected: { frame } };
  yield* ofStream(vector, [{ frame }], [1]);
  if (!canonical && reencoded === undefined) return;
  const expected = { hex: canonical ? hex : joined(reencoded) };
  yield { request: { op: 'encode', frame, settings }, expected, value: frame };
  yield { request: { op: 'reencode', hex, settings }, expected, value: frame };
}

function* ofError(vector: Vector, error: JsonObject): Generator<Asked> {
  const { settings = {}, decode } = vector;
  yield { request: { op: 'decode', hex: joined(vector.hex), settings }, expected: { error } };
  if (decode === 'single') return;
  if (breaksFraming(error)) yield* ofStream(vector, [{ break: error }], [1]);
  else {
    // "An error of `invalid` has no offset here."
    const { offset: _, ...invalid } = error;
    yield* ofStream(vector, [{ invalid }], [1]);
  }
}

function* ofStream({ hex: given, settings = {} }: Vector, outcomes: JsonObject[], chunks: readonly number[]): Generator<Asked> {
  const hex = joined(given);
  for (const chunkBytes of chunks) {
    if (chunkBytes === 1 && hex.length > BYTE_BY_BYTE_HEX) continue;
    yield { request: { op: 'decodeStream', hex, chunkBytes, settings }, expected: { outcomes } };
  }
}

function ofNegotiation({ hello, server, ...answer }: JsonObject): Asked {
  return { request: { op: 'negotiate', hello: hello as JsonObject, server: server as JsonObject }, expected: answer };
}

function ofCheck({ agreement, error, ...rest }: JsonObject): Asked {
  return { request: { op: 'check', ...rest } as Request, expected: agreement === undefined ? { error } : { agreement } };
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
