// Bodies of RocketMQ messages, and of lists in Redis, of the services of an older system -> ReceiveInfo and SendResult.

import { Command } from '../../generated/im/protocol/v1/command.js';
import { checkReceiveInfo, ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import type { ReceiveInfo } from '../../generated/im/protocol/v1/receive_info.js';
import { checkSendResult, SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import type { Issue } from '../errors.js';
import { ProtocolError } from '../errors.js';
import { PROTOCOL_VERSION, TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { invalidMessage } from '../validate.js';
import { CodecError } from '../wire/codec-error.js';
import { createMessage } from '../wire/create-message.js';
import { textAt } from '../wire/text.js';
import { carry } from './carried.js';
import { at, invalidJson, isObject, isSame, type Json, type JsonObject, parseLegacyJson } from './json.js';
import { ENVELOPE_KEY, isForceLogout, isResult, type LegacyBody, receiveInfoBodies, sendResultBodies } from './legacy-body.js';
import type { LegacyEnvelope, LegacyProfile } from './profile.js';
import { type Depth, readForceLogout, readReceiveInfo } from './receive-body.js';
import { readSendResult } from './result-body.js';

/** Options of `fromLegacyBody`. All optional. */
export interface FromLegacyBodyOptions {
  /** The command of the message that a SendResult is about, if the queue tells it. Default: as in its data. */
  readonly command?: number | undefined;
  /** Maximum size of the body, in bytes. Default 4194304 (4 MiB). */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads the body of a RocketMQ message, or the element of a list in Redis, that a service of an older system wrote: a ReceiveInfo, or a
 * SendResult. `toLegacyBody` of the result returns the same JSON.
 * @param body JSON text, or its UTF-8.
 * @throws ProtocolError FRAME_TOO_LARGE; INVALID_MESSAGE for JSON that is malformed or hostile, a body of another kind, a receiver without an id
 * or a terminal of the profile, a message without a type, or whose sender, receiver or group is missing or invalid.
 */
export function fromLegacyBody(
  body: string | Uint8Array,
  profile: LegacyProfile,
  options: FromLegacyBodyOptions = {},
): LegacyBody {
  const { maxBytes = TOPIC_BODY_MAX_BYTES, command } = options;
  const { json, envelope } = unwrapped(
    parseLegacyJson(typeof body === 'string' ? body : utf8(body, maxBytes), maxBytes),
    profile,
    maxBytes,
  );
  const result = isResult(json, profile);
  const keys = result ? profile.keys.result : profile.keys.receiveInfo;
  const { destination, inner } = withoutDestination(json, keys.destination);
  const around = {
    version: PROTOCOL_VERSION,
    flags: 0,
    destination,
    envelope: envelope === profile.envelope ? undefined : envelope,
  };
  if (result) {
    const read = (depth: Depth) => readSendResult(inner, profile, depth, command);
    const message = exactly(inner, keys.data, profile, {
      name: 'SendResult',
      read,
      write: sendResultBodies,
      check: checkSendResult,
    });
    return { type: 'SendResult', message: createMessage(SendResultTable, message) as SendResult, ...around };
  }
  const isForced = isForceLogout(inner, profile);
  const read = (depth: Depth) => (isForced ? readForceLogout(inner, profile) : readReceiveInfo(inner, profile, depth));
  const message = exactly(inner, keys.data, profile, {
    name: 'ReceiveInfo',
    read,
    write: receiveInfoBodies,
    check: checkReceiveInfo,
  });
  return { type: 'ReceiveInfo', message: createMessage(ReceiveInfoTable, message) as ReceiveInfo, ...around };
}

/** How a kind of message is read, written and checked. */
interface Kind<Init extends object> {
  readonly name: string;
  read(depth: Depth): Init;
  write(message: Init, profile: LegacyProfile): JsonObject[];
  check(message: Init): Issue[] | undefined;
}

const DEPTHS: readonly Depth[] = ['native', 'carried', 'whole'];

/** Reads a body so that it is written again without loss: what is lost, the message carries along, at worst its whole data. */
function exactly<Init extends { cmd?: number | undefined; data?: object | undefined }>(
  json: JsonObject,
  dataKey: string | null,
  profile: LegacyProfile,
  { name, read, write, check }: Kind<Init>,
): Init {
  let issues: Issue[] | undefined;
  for (const depth of DEPTHS) {
    const message = read(depth);
    issues = check(message);
    if (issues !== undefined) continue;
    if (isExactly(write(message, profile), json)) return message;
    const isSeparate = message.data !== undefined && message.cmd !== Command.FORCE_LOGOUT;
    carry(message, isSeparate ? without(json, dataKey) : json, profile);
    if (isExactly(write(message, profile), json)) return message;
  }
  throw invalidMessage(issues ?? [{ path: '', rule: 'json', message: 'cannot be represented' }], name);
}

function isExactly(written: readonly JsonObject[], json: JsonObject): boolean {
  return written.length === 1 && isSame(written[0], json);
}

function without(json: JsonObject, key: string | null): JsonObject {
  const { [key ?? '']: _, ...rest } = json;
  return rest;
}

/** The topic of a body, which is where the caller got it from: the message does not carry it. */
function withoutDestination(json: JsonObject, key: string | null): { destination?: string; inner: JsonObject } {
  const destination = at(json, key);
  return typeof destination === 'string' ? { destination, inner: without(json, key) } : { inner: json };
}

/** `{"message": <object, or that object as JSON text>}`, or no envelope. */
function unwrapped(outer: Json, { keys }: LegacyProfile, maxBytes: number): { json: JsonObject; envelope: LegacyEnvelope } {
  if (!isObject(outer)) throw invalidJson('', 'type', 'expected a JSON object');
  const message = at(outer, ENVELOPE_KEY);
  if (message === undefined) return { json: outer, envelope: 'none' };
  if (Object.keys(outer).length > 1) {
    // A fork may have a key of this name in its bodies, which are never without another one.
    const groups = [keys.receiveInfo, keys.result, keys.forceLogout];
    if (groups.some((group) => Object.values(group).includes(ENVELOPE_KEY))) return { json: outer, envelope: 'none' };
    throw invalidJson('', 'unknown_key', `an envelope has no other key than ${ENVELOPE_KEY}`);
  }
  const json = typeof message === 'string' ? parseLegacyJson(message, maxBytes) : message;
  if (!isObject(json)) throw invalidJson(ENVELOPE_KEY, 'type', 'expected an object, or an object as JSON text');
  return { json, envelope: typeof message === 'string' ? 'text' : 'object' };
}

/** @throws ProtocolError FRAME_TOO_LARGE, INVALID_MESSAGE for bytes that are not UTF-8. */
function utf8(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) {
    const message = `got ${bytes.length} bytes of JSON, limit ${maxBytes}`;
    throw new ProtocolError('FRAME_TOO_LARGE', message, { offset: 0, limit: maxBytes, actual: bytes.length });
  }
  try {
    return textAt(bytes, 0, bytes.length);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ProtocolError('INVALID_MESSAGE', `expected UTF-8: ${error.text}`, { offset: error.at, path: '' });
  }
}
