// The program under test: reads requests from standard input and writes responses to standard output, one at a time.
import { appendFileSync, readSync, writeSync } from 'node:fs';
import type { JsonType } from '../../src/json/json-options.js';
import type { Codec } from '../../src/wire/codec.js';
import { type Answer, type ConformanceRequest, type Format, type Result, respond, type Types } from './respond.js';

/** The envelope messages of the suite, read and written with our codecs, too. */
interface Envelopes {
  readonly ConformanceRequest: Codec<ConformanceRequest, object>;
  readonly ConformanceResponse: Codec<object, { result: Result }>;
}

/**
 * Answers requests until the input ends.
 * @param models all codecs of the suite.
 * @param log file for what each test gave, to compare with other testees.
 */
export function serve(models: object, format: Format, log: string): void {
  const { ConformanceRequest, ConformanceResponse } = models as Envelopes;
  const types = typesOf(models);
  for (let head = read(4); head !== undefined; head = read(4)) {
    // "4-byte length (little endian), N-byte message"
    const request = ConformanceRequest.decode(read(head.readUInt32LE()) ?? new Uint8Array(0));
    const answer = respond(request, format, types);
    if (types.has(request.messageType) && answer.result.$case !== 'skipped') appendFileSync(log, `${lineOf(request, answer)}\n`);
    write(ConformanceResponse.encode({ result: answer.result }));
  }
}

/** What a test gave, as JSON: the bytes or the text, or all that callers see of the error. */
function lineOf({ messageType, payload }: ConformanceRequest, { result, error }: Answer): string {
  const { code, offset, path, limit, actual, issues } = (error ?? {}) as Record<string, unknown>;
  const [input, output] = [payload?.value, result.value].map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
  return JSON.stringify(
    { messageType, input, kind: result.$case, output, code, offset, path, limit, actual, issues },
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

/** The codecs by the full names of their messages. */
function typesOf(models: object): Types {
  const codecs = Object.values(models).filter((value): value is JsonType => 'generated' in value);
  return new Map(codecs.map((codec) => [codec.generated.table.name, codec]));
}

/** Exactly `size` bytes; undefined at the end of the input. */
function read(size: number): Buffer | undefined {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const got = readSync(0, bytes, at, size - at, null);
    if (got === 0) return undefined;
    at += got;
  }
  return bytes;
}

function write(message: Uint8Array): void {
  const bytes = Buffer.alloc(4 + message.length);
  bytes.writeUInt32LE(message.length);
  bytes.set(message, 4);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
