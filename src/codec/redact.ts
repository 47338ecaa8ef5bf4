import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { MAX_DEPTH } from '../limits.js';
import { defaultOf } from '../wire/create-message.js';
import type { MessageMap, Registry } from '../wire/registry.js';
import { isMap } from '../wire/scalar-fault.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import type { FrameOf, InvalidFrame } from './frame.js';

/** What stands in the place of a secret text. */
export const REDACTED = '[redacted]';

/**
 * A copy of a frame for logs, in which every `sensitive` field that is set reads `[redacted]` (texts), no bytes, 0 or false: an access
 * token, a device id, a session id. What no schema tells about is not in the copy: unknown fields, unknown keys, and the bytes of an
 * invalid frame. The bytes of an Any are: the schema that says what is secret in them is the application's.
 * @param frame decoded or to be encoded; of any shape, valid or not: nothing is thrown. It is not changed. `bytes` fields are shared,
 * and so are lists and maps of scalars.
 */
export function redact<F extends FrameOf<FrameMessages> | InvalidFrame>(frame: F): F;
/** @param registry the messages of another protocol. */
export function redact<M extends MessageMap, F extends FrameOf<M> | InvalidFrame>(frame: F, registry: Registry<M>): F;
export function redact(frame: { type: string; message?: object; bytes?: Uint8Array }, registry?: Registry<MessageMap>): object {
  const { frames }: Registry<MessageMap> = registry ?? REGISTRY;
  const { message, bytes, ...header } = frame;
  if (message !== undefined && Object.hasOwn(frames, frame.type)) {
    return { ...header, message: redactMessage(frames[frame.type].codec.generated.table, message) };
  }
  return bytes === undefined ? header : { ...header, bytes: new Uint8Array(0) };
}

/**
 * A copy of a message for logs, as `redact` makes it of the message of a frame: for any message of which there is a table.
 * @param message fields may be left out. It is not changed.
 */
export function redactMessage<T extends object>(table: MessageTable, message: T): T {
  return copyMessage(table, message, false, 0) as T;
}

/** @param secret all of the message is. */
function copyMessage(table: MessageTable, message: unknown, secret: boolean, depth: number): unknown {
  // Not a message, where there should be one: it may hold whatever should be in the message.
  if (typeof message !== 'object' || message === null) return undefined;
  const copy: Record<string, unknown> = {};
  // An object may contain itself; no encoder takes what is nested deeper.
  if (depth > MAX_DEPTH) return copy;
  for (const field of table.fields) {
    const name = field.oneof ?? field.name;
    if (!Object.hasOwn(message, name)) continue;
    const value = (message as Readonly<Record<string, unknown>>)[name];
    if (field.oneof === undefined) copy[name] = copyField(field, value, secret, depth);
    else copy[name] ??= copyMember(field, value, secret, depth);
  }
  return copy;
}

/** The oneof if this field is the member that is set. */
function copyMember(field: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
  const member = value as { $case?: unknown; value?: unknown } | null | undefined;
  if (member?.$case !== field.name) return undefined;
  return { $case: member.$case, value: copyValue(field, member.value, secret || field.sensitive === true, depth) };
}

function copyField(field: FieldTable, value: unknown, parentSecret: boolean, depth: number): unknown {
  const secret = parentSecret || field.sensitive === true;
  if (value === undefined || (!secret && field.type !== 'message')) return value;
  if (field.kind === 'list') return Array.isArray(value) ? value.map((item) => copyValue(field, item, secret, depth)) : [];
  if (field.kind === 'map') {
    // The keys of a secret map are secrets too.
    const entries = secret || !isMap(value) ? [] : [...value];
    return new Map(entries.map(([key, item]) => [key, copyValue(field, item, secret, depth)]));
  }
  return isSet(field, value) ? copyValue(field, value, secret, depth) : value;
}

function isSet(field: FieldTable, value: unknown): boolean {
  if (field.optional || field.type === 'message') return true;
  return ArrayBuffer.isView(value) ? value.byteLength > 0 : value !== defaultOf(field);
}

function copyValue({ number, name, type, message }: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
  if (message !== undefined) return copyMessage(message(), value, secret, depth + 1);
  if (!secret) return value;
  return type === 'string' ? REDACTED : defaultOf({ number, name, type });
}
