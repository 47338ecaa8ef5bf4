import type { MessageTable } from '../wire/table.js';
import type { Place } from './place.js';

/** A message as the tables describe it. */
export type Message = Record<PropertyKey, unknown>;

/** A message type that may be packed in an Any, so that JSON shows its fields instead of its bytes: any generated codec is one. */
export interface JsonType {
  readonly generated: { readonly table: MessageTable };
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): object;
}

/** How messages become JSON. */
export interface ToJsonOptions {
  /** Write the unknown fields of each message as `"$unknown"`: base64 of their bytes. Default false: they are left out. */
  readonly unknownFields?: boolean | undefined;
  /** The codecs to which an Any is unpacked. Default none: every Any is `{ "@type", "value": base64 }`. */
  readonly types?: readonly JsonType[] | undefined;
}

/** How messages are made from JSON. */
export interface FromJsonOptions {
  /** The codecs of the types whose fields may stand in an Any. Default none. */
  readonly types?: readonly JsonType[] | undefined;
  /**
   * For JSON of a newer writer: pass over keys that no field has, and enum values with a name that is not known (in a list or map, the
   * element alone). Default false: they are errors. Enum values by number are kept in any case.
   */
  readonly ignoreUnknown?: boolean | undefined;
}

/** What a walk to JSON carries along; `write` takes a message of any type. */
export interface ToJsonContext {
  readonly unknownFields: boolean;
  readonly types: ReadonlyMap<string, JsonType>;
  write(table: MessageTable, message: Message, at: Place): JsonValue;
}

/** What a walk from JSON carries along; `read` makes a message of any type. */
export interface FromJsonContext {
  readonly ignoreUnknown: boolean;
  readonly types: ReadonlyMap<string, JsonType>;
  read(table: MessageTable, value: unknown, at: Place): Message;
}

/** The types by full name. */
export function typesByName(types: readonly JsonType[] = []): ReadonlyMap<string, JsonType> {
  return new Map(types.map((type) => [type.generated.table.name, type]));
}

/** What JSON.stringify writes and JSON.parse reads. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object in JSON: all its keys are its own. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Sets a key as an own property: on a plain object, assigning `__proto__` would set its prototype, and the entry would be lost. */
export function setKey(target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else (target as Record<string, unknown>)[key] = value;
}

/** The JSON of one well-known type. */
export interface WellKnown {
  /** @param message is of its types; fields may be left out. */
  toJson(table: MessageTable, message: Message, at: Place, context: ToJsonContext): JsonValue;
  fromJson(table: MessageTable, value: unknown, at: Place, context: FromJsonContext): Message;
}
