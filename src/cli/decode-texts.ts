// `im-protocol decode --legacy`: prints the JSON of older systems as messages of this protocol.
import { readFileSync } from 'node:fs';
import { JsonMessage } from '../../generated/models.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { type FrameInit, frameToJSON } from '../json/index.js';
import { decodeLegacy, defineLegacyProfile, type LegacyFrame, type LegacyProfile, legacyProfile } from '../legacy/index.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import { TextSplitter } from '../node/legacy/text-splitter.js';
import { inertText, quoted } from '../wire/quoted.js';
import type { Arguments } from './command.js';
import { commandOf, messageLines, problemLines } from './decode.js';
import { ExitStatus, Failure, INVALID, usageError } from './exit.js';
import type { Chunk } from './input/chunk.js';
import { openInput } from './input/open-input.js';
import { JsonSplitter } from './json-values.js';
import { createPaint, jsonText, log, Output } from './output.js';
import { takeChunks } from './streams.js';

/** What older messages carry along is shown as JSON. */
const TYPES = { all: [JsonMessage] };

export async function run(args: Arguments): Promise<number> {
  const profile = profileOf(args.text('legacy') ?? '');
  const secrets = args.flag('secrets');
  const paint = createPaint(args.text('color'));
  const output = new Output();
  const status = new ExitStatus();
  const streams = new Map<string, TextStream>();

  const show = (text: string, flow: string, number: number): void => {
    const read = decoded(text, profile);
    if (isProtocolError(read)) status.isInvalid = true;
    if (args.flag('json')) {
      const { code, message, path } = isProtocolError(read) ? read : ({} as Partial<ProtocolError>);
      const row = isProtocolError(read)
        ? { error: { code, message, ...(path !== undefined && { path }) } }
        : frameToJSON(read as FrameInit, { unknownFields: true, types: TYPES.all });
      output.write(`${jsonText(flow === '' ? row : { flow, ...row })}\n`);
      return;
    }
    const header = [
      `${flow === '' ? '' : `${inertText(flow)}  `}text ${number}: ${paint('bold', isProtocolError(read) ? 'invalid' : read.type)}`,
      ...(isProtocolError(read) ? [] : commandOf(read.message).map((command) => paint('cyan', command))),
      `${Buffer.byteLength(text)} bytes`,
    ];
    const lines = isProtocolError(read)
      ? problemLines(read).map((line) => paint('red', `! ${inertText(line)}`))
      : messageLines(read, undefined, secrets, TYPES);
    output.write([header.join(', '), ...lines, ''].join('\n'));
  };

  const take = ({ bytes, flow, end }: Chunk): void => {
    const stream = streams.get(flow) ?? new TextStream(profile);
    streams.set(flow, stream);
    try {
      for (const text of stream.push(bytes)) show(text, flow, stream.count);
      if (end !== undefined) stream.end();
    } catch (error) {
      if (!isProtocolError(error) && !(error instanceof Failure)) throw error;
      // The next WebSocket message is read nevertheless.
      stream.break(end === undefined);
      if (isProtocolError(error)) status.add(error);
      else status.isInvalid = true;
      log(flow === '' ? error.message : `${flow}: ${error.message}`);
    }
    if (end === 'stream') streams.delete(flow);
  };
  for await (const chunks of openInput(args, status, 'text')) await takeChunks(chunks, take, output);
  for (const flow of [...streams.keys()]) take({ bytes: new Uint8Array(0), flow, end: 'stream' });
  await output.flush();
  return status.code;
}

/** A name, or the path of a JSON file. @throws Failure */
function profileOf(name: string): LegacyProfile {
  if (name === 'box-im' || name === 'binghe') return legacyProfile(name);
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch {
    throw usageError(`--legacy: expected box-im, binghe or a JSON file, got ${quoted(name, 40)}`);
  }
  try {
    const { base, ...init } = JSON.parse(text);
    return defineLegacyProfile({ ...init, base: base === undefined ? undefined : legacyProfile(base) });
  } catch (error) {
    throw usageError(`--legacy: ${isProtocolError(error) ? error.message : `${quoted(name, 40)} is not valid JSON`}`);
  }
}

function decoded(text: string, profile: LegacyProfile): LegacyFrame | ProtocolError {
  try {
    return decodeLegacy(text, profile, { maxBytes: LARGEST_FRAME_BYTES });
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

/** The texts of a stream: after lengths, which begin with 0, or one JSON object after the other. */
class TextStream {
  readonly #profile: LegacyProfile;
  #lengths: TextSplitter | undefined;
  #values: JsonSplitter | undefined;
  #decoder = new TextDecoder('utf-8', { fatal: true });
  #isBroken = false;
  /** Number of texts so far. */
  count = 0;

  constructor(profile: LegacyProfile) {
    this.#profile = profile;
  }

  /** @throws ProtocolError, Failure for a stream that cannot continue. */
  *push(bytes: Uint8Array): Generator<string> {
    if (this.#isBroken || bytes.length === 0) return;
    if (this.#lengths === undefined && this.#values === undefined) {
      if (bytes[0] === 0) this.#lengths = new TextSplitter(this.#profile.tcpLengthBytes);
      else this.#values = new JsonSplitter();
    }
    const texts = this.#lengths?.push(bytes, LARGEST_FRAME_BYTES) ?? this.#values?.push(this.#textOf(bytes)) ?? [];
    for (const text of texts) {
      this.count += 1;
      yield text;
    }
  }

  /** A WebSocket message or the stream has ended. @throws ProtocolError, Failure inside a text. */
  end(): void {
    const actual = this.#lengths?.pendingBytes ?? 0;
    if (actual > 0 && !this.#isBroken)
      throw new ProtocolError('TRUNCATED', `the stream ended after ${actual} bytes of a text`, { actual });
    this.#values?.end();
    this.#values = undefined;
    this.#isBroken = false;
  }

  /** The current text cannot be read. @param isOpen nor what follows, until `end`. */
  break(isOpen: boolean): void {
    this.#isBroken = isOpen;
    this.#values = undefined;
  }

  #textOf(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      this.#decoder = new TextDecoder('utf-8', { fatal: true });
      throw new Failure(INVALID, 'invalid UTF-8 in a text');
    }
  }
}
