// Turns the test vectors into requests to an implementation, each with the expected answer.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS, type ErrorName } from '../../errors.js';
import type { JsonObject, JsonValue } from '../../json/json-options.js';
import { packageRoot } from '../package-root.js';

/** A request, without its id. */
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
  /** The expected answer. Properties that an expected error does not have are not compared. */
  readonly expected: JsonObject;
  /** If `expected` has bytes: the frame that they decode to. */
  readonly value?: JsonObject;
  /** A reader based on a protobuf library may accept this invalid input. */
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

/** Broken framing (errors 16 to 19) ends a stream. */
function breaksFraming({ code }: JsonObject): boolean {
  const { number } = ERRORS[code as ErrorName];
  return number >= 16 && number <= 19;
}

/** Maximum length of the hex that is also fed byte by byte. */
const BYTE_BY_BYTE_HEX = 2 * 4096;

const NO_VECTORS = ['schema.json', 'version-2/reassigned.json'];

/** Without the vectors of version 1 that a reader of version 2 does not pass. */
export function* vectorRequests(): Generator<VectorRequest> {
  const folder = join(packageRoot(), 'vectors');
  const reassigned = new Set(readVectors(join(folder, 'version-2/reassigned.json')).map(({ name }) => name));
  for (const name of vectorFiles(folder)) {
    const file = name.replace(/\.json$/, '');
    for (const vector of readVectors(join(folder, name))) {
      const { name, stricterThanProtobuf = false } = vector;
      if (reassigned.has(name)) continue;
      for (const body of requestsOf(vector)) yield { file, vector: name, stricterThanProtobuf, ...body };
    }
  }
}

/** Those of the folder, then those of `version-2`. */
function vectorFiles(folder: string): string[] {
  const ofVersion2 = readdirSync(join(folder, 'version-2')).map((name) => `version-2/${name}`);
  return [...readdirSync(folder).sort(), ...ofVersion2.sort()].filter(
    (name) => name.endsWith('.json') && !NO_VECTORS.includes(name),
  );
}

function readVectors(path: string): Vector[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as { vectors: Vector[] }).vectors;
}

type RequestBody = Pick<VectorRequest, 'request' | 'expected' | 'value'>;

function* requestsOf(vector: Vector): Generator<RequestBody> {
  if (vector.frame !== undefined) yield* ofFrame(vector, vector.frame);
  if (vector.error !== undefined) yield* ofError(vector, vector.error);
  if (vector.outcomes !== undefined) yield* ofStream(vector, expand(vector.outcomes) as JsonObject[], [0, 1]);
  if (vector.negotiate !== undefined) yield ofNegotiation(vector.negotiate);
  if (vector.check !== undefined) yield ofCheck(vector.check);
}

function* ofFrame(vector: Vector, given: JsonObject): Generator<RequestBody> {
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

function* ofError(vector: Vector, error: JsonObject): Generator<RequestBody> {
  const { settings = {}, decode } = vector;
  yield { request: { op: 'decode', hex: joined(vector.hex), settings }, expected: { error } };
  if (decode === 'single') return;
  if (breaksFraming(error)) yield* ofStream(vector, [{ break: error }], [1]);
  else {
    // In a stream, the error of an invalid frame has no offset.
    const { offset: _, ...invalid } = error;
    yield* ofStream(vector, [{ invalid }], [1]);
  }
}

function* ofStream(
  { hex: given, settings = {} }: Vector,
  outcomes: JsonObject[],
  chunks: readonly number[],
): Generator<RequestBody> {
  const hex = joined(given);
  for (const chunkBytes of chunks) {
    if (chunkBytes === 1 && hex.length > BYTE_BY_BYTE_HEX) continue;
    yield { request: { op: 'decodeStream', hex, chunkBytes, settings }, expected: { outcomes } };
  }
}

function ofNegotiation({ hello, server, ...answer }: JsonObject): RequestBody {
  return { request: { op: 'negotiate', hello: hello as JsonObject, server: server as JsonObject }, expected: answer };
}

function ofCheck({ agreement, error, ...rest }: JsonObject): RequestBody {
  return { request: { op: 'check', ...rest } as Request, expected: agreement === undefined ? { error } : { agreement } };
}

function joined(hex: Hex | undefined): string {
  const parts = typeof hex === 'string' ? [hex] : (hex ?? []);
  return parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');
}

/** Expands `{ "$repeat": [text, times, tail] }`. */
function expand(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  const repeat = value.$repeat as [string, number, string?] | undefined;
  if (repeat !== undefined) return repeat[0].repeat(repeat[1]) + (repeat[2] ?? '');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}
