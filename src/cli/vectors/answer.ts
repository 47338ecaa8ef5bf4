// Answers the requests of `im-protocol vectors` with this implementation.
import { decodeFrame } from '../../codec/decode-frame.js';
import { encodeFrame } from '../../codec/encode-frame.js';
import { FrameDecoder } from '../../codec/frame-decoder.js';
import { isProtocolError, type ProtocolError } from '../../errors.js';
import { type FrameInit, frameFromJSON, frameToJSON, fromJSON, toJSON } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/json-options.js';
import { LARGEST_FRAME_BYTES } from '../../limits.js';
import { type AnswerOptions, answerHello, checkReject, checkWelcome } from '../../negotiate/index.js';
import { createDeflate } from '../../node/deflate.js';
import type { Request } from './requests.js';

export function answer(request: Request): JsonObject {
  try {
    switch (request.op) {
      case 'decode':
        return { frame: jsonFrame(decodeFrame(Buffer.from(request.hex, 'hex'), optionsOf(request.settings))) };
      case 'decodeStream':
        return { outcomes: outcomesOf(request) };
      case 'encode':
        return { hex: hexOf(frameFromJSON(request.frame)) };
      case 'reencode':
        return { hex: hexOf(decodeFrame(Buffer.from(request.hex, 'hex'), optionsOf(request.settings))) };
      case 'negotiate':
        return negotiated(request);
      case 'check':
        return { agreement: agreed(request) };
      default:
        return { skip: 'unknown op' };
    }
  } catch (error) {
    if (isProtocolError(error)) return { error: jsonError(error) };
    throw error;
  }
}

function optionsOf(settings: JsonObject) {
  const { maxFrameBytes, version, features } = settings as { maxFrameBytes?: number; version?: number; features?: string[] };
  return {
    limits: maxFrameBytes === undefined ? undefined : { maxFrameBytes },
    version,
    deflate: features?.includes('deflate') ? createDeflate() : undefined,
  };
}

function jsonFrame(frame: object): JsonObject {
  return frameToJSON(frame as FrameInit, { unknownFields: true });
}

function outcomesOf({ hex, chunkBytes, settings }: Extract<Request, { op: 'decodeStream' }>): JsonValue[] {
  const bytes = Buffer.from(hex, 'hex');
  const decoder = new FrameDecoder(optionsOf(settings));
  const outcomes: JsonValue[] = [];
  try {
    const size = chunkBytes || bytes.length || 1;
    for (let at = 0; at < bytes.length; at += size) {
      for (const frame of decoder.push(bytes.subarray(at, at + size))) {
        outcomes.push(frame.type === 'invalid' ? { invalid: jsonError(frame.error) } : { frame: jsonFrame(frame) });
      }
    }
    decoder.end();
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    outcomes.push({ break: jsonError(error) });
  }
  return outcomes;
}

function hexOf(frame: ReturnType<typeof frameFromJSON>): string {
  if (!('message' in frame)) throw new TypeError('expected a frame of a known type');
  const { type, message, version, flags } = frame;
  const bytes = encodeFrame(type, message as never, { version, flags, maxFrameBytes: LARGEST_FRAME_BYTES });
  return Buffer.from(bytes).toString('hex');
}

function negotiated({ hello, server }: Extract<Request, { op: 'negotiate' }>): JsonObject {
  const options = { ...server, serverTimeMs: BigInt(server.serverTimeMs as string) } as unknown as AnswerOptions;
  const { welcome, reject } = answerHello(fromJSON('Hello', hello), options);
  return welcome === undefined ? { reject: toJSON('Reject', reject!) } : { welcome: toJSON('Welcome', welcome) };
}

function agreed({ hello, welcome, reject, subprotocol }: Extract<Request, { op: 'check' }>): JsonValue {
  const offered = fromJSON('Hello', hello);
  if (reject !== undefined) throw checkReject(offered, fromJSON('Reject', reject));
  const { serverTimeMs, ...agreement } = checkWelcome(offered, fromJSON('Welcome', welcome), { subprotocol });
  return { ...agreement, features: [...agreement.features], serverTimeMs: String(serverTimeMs) };
}

function jsonError({ code, offset, path, limit, actual, issues }: ProtocolError): JsonObject {
  const figures = Object.entries({ offset, path, limit, actual }).filter(([, value]) => value !== undefined);
  const issueList = issues === undefined ? {} : { issues: issues.map(({ path, rule }) => ({ path, rule })) };
  return { code, ...(Object.fromEntries(figures) as JsonObject), ...issueList };
}
