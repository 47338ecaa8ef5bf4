import type { Any } from '../../generated/google/protobuf/any.js';
import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { MAX_DEPTH } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import { defaultOf } from '../wire/create-message.js';
import { hasOwn } from '../wire/older-engines.js';
import { isMap, isScalar } from '../wire/scalar.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { anyTypeName } from './any.js';
import type { FrameOf, InvalidFrame } from './frame.js';

/** Replaces secret texts. */
export const REDACTED = '[redacted]';

/** A message type that may be packed in an Any, such as any generated codec. */
export interface RedactType {
  readonly generated: { readonly table: MessageTable };
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): object;
}

/** Options of `redact`. All optional. */
export interface RedactOptions<M extends MessageMap = FrameMessages> {
  /** The messages of another protocol. Default: this one. */
  readonly registry?: Registry<M> | undefined;
  /** Codecs of messages that an Any may contain. Default: none, so the bytes of every Any are omitted. */
  readonly types?: readonly RedactType[] | undefined;
}

/**
 * Copies a frame for logs. Every `sensitive` field that is set (an access token, a device id, a session id) becomes `[redacted]`, empty bytes, 0
 * or false. The copy omits everything that the schema does not describe: unknown fields and keys, values of a wrong type, the bytes of an
 * invalid frame, and those of an Any without a codec in the options.
 * @param frame decoded or to be encoded, valid or not: nothing is thrown. It is not changed. `bytes` fields, and lists and maps of scalars, are
 * shared.
 * @param options the codecs of messages in Anys.
 */
export function redact<F extends FrameOf<FrameMessages> | InvalidFrame>(frame: F, options?: RedactOptions): F;
/** @param options the registry of another protocol, or options with it. */
export function redact<M extends MessageMap, F extends FrameOf<M> | InvalidFrame>(
  frame: F,
  options: RedactOptions<M> | Registry<M>,
): F;
export function redact(
  frame: { type: string; message?: object; bytes?: Uint8Array },
  options: RedactOptions<MessageMap> | Registry<MessageMap> = {},
): object {
  const { registry, types }: RedactOptions<MessageMap> = 'frames' in options ? { registry: options } : options;
  const { frames }: Registry<MessageMap> = registry ?? (REGISTRY as Registry<MessageMap>);
  const copy = copyHeader(frame as Readonly<Record<string, unknown>>);
  const { type, message, bytes } = frame;
  if (message !== undefined && typeof type === 'string' && hasOwn(frames, type)) {
    copy.message = redactMessage(frames[type].codec.generated.table, message, types);
  }
  if (bytes !== undefined) copy.bytes = new Uint8Array(0);
  return copy;
}

/** The properties of a frame besides its message, with their types. */
const HEADER = { type: 'string', version: 'number', flags: 'number', typeNumber: 'number', offset: 'number', error: 'object' };

function copyHeader(frame: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.entries(HEADER).filter(([name, type]) => hasOwn(frame, name) && typeof frame[name] === type);
  return Object.fromEntries(known.map(([name]) => [name, frame[name]]));
}

/**
 * Copies a message for logs, like `redact` does with the message of a frame, for any message with a table.
 * @param message every field is optional. It is not changed.
 * @param types codecs of messages that an Any may contain. Default: none.
 */
export function redactMessage<T extends object>(table: MessageTable, message: T, types: readonly RedactType[] = []): T {
  return new Redaction(types).message(table, message, false, 0) as T;
}

class Redaction {
  constructor(private readonly types: readonly RedactType[]) {}

  /** @param secret all of the message is secret. */
  message(table: MessageTable, message: unknown, secret: boolean, depth: number): unknown {
    // Something else in place of a message may contain the secrets of the message.
    if (typeof message !== 'object' || message === null) return undefined;
    const copy: Record<string, unknown> = {};
    // An object may contain itself. Encoders refuse deeper nesting.
    if (depth > MAX_DEPTH) return copy;
    for (const field of table.fields) {
      const name = field.oneof ?? field.name;
      if (!hasOwn(message, name)) continue;
      const value = (message as Readonly<Record<string, unknown>>)[name];
      if (field.oneof === undefined) copy[name] = this.field(field, value, secret, depth);
      else copy[name] ??= this.member(field, value, secret, depth);
    }
    if (table.name === 'google.protobuf.Any' && !secret) copy.value = this.packed(copy as Partial<Any>, depth);
    return copy;
  }

  /** The oneof, if this field is its member that is set. */
  private member(field: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
    const member = value as { $case?: unknown; value?: unknown } | null | undefined;
    if (member?.$case !== field.name) return undefined;
    return { $case: member.$case, value: this.value(field, member.value, secret || field.sensitive === true, depth) };
  }

  private field(field: FieldTable, value: unknown, parentSecret: boolean, depth: number): unknown {
    const secret = parentSecret || field.sensitive === true;
    if (value === undefined) return undefined;
    if (field.kind === 'list') return this.list(field, value, secret, depth);
    if (field.kind === 'map') return this.map(field, value, secret, depth);
    return secret && !isSet(field, value) ? value : this.value(field, value, secret, depth);
  }

  private list(field: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
    if (!Array.isArray(value)) return [];
    if (!secret && field.type !== 'message' && value.every((item) => isOf(field, item))) return value;
    return value.map((item) => this.value(field, item, secret, depth));
  }

  private map(field: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
    // The keys of a secret map are secret too.
    if (secret || !isMap(value)) return new Map();
    const entries = [...value].filter(([key]) => isScalar(field.key!, key));
    if (field.type !== 'message' && entries.length === value.size && entries.every(([, item]) => isOf(field, item))) return value;
    return new Map(entries.map(([key, item]) => [key, this.value(field, item, secret, depth)]));
  }

  private value(field: FieldTable, value: unknown, secret: boolean, depth: number): unknown {
    const { number, name, type, message } = field;
    if (message !== undefined) return this.message(message(), value, secret, depth + 1);
    if (!secret) return isOf(field, value) ? value : undefined;
    return type === 'string' ? REDACTED : defaultOf({ number, name, type });
  }

  /** The bytes of an Any without its secrets; empty if its type is unknown. */
  private packed({ typeUrl, value }: Partial<Any>, depth: number): Uint8Array {
    const name = typeof typeUrl === 'string' ? anyTypeName(typeUrl) : undefined;
    const type = this.types.find(({ generated: { table } }) => table.name === name);
    if (type === undefined || value === undefined) return new Uint8Array(0);
    try {
      return type.encode(this.message(type.generated.table, type.decode(value), false, depth + 1) as object);
    } catch {
      // Bytes that cannot be decoded may contain anything.
      return new Uint8Array(0);
    }
  }
}

function isOf({ type }: FieldTable, value: unknown): boolean {
  return type !== 'message' && isScalar(type, value);
}

/** A secret that is not set is shown as such: it is the default of its type. */
function isSet(field: FieldTable, value: unknown): boolean {
  if (field.optional || field.type === 'message') return true;
  return ArrayBuffer.isView(value) ? value.byteLength > 0 : value !== defaultOf(field);
}
