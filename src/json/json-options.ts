import type { MessageTable } from '../wire/table.js';
import type { Place } from './place.js';

/** A message as the tables describe it. */
export type Message = Record<PropertyKey, unknown>;

/** A message type that may be packed in an Any, so that JSON has its fields instead of its bytes: any generated codec. */
export interface JsonType {
  readonly generated: { readonly table: MessageTable };
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): object;
}

/** Options for writing JSON. All optional. */
export interface ToJsonOptions {
  /** Write the unknown fields of each message as `"$unknown"`, in base64. Default false: they are omitted. */
  readonly unknownFields?: boolean | undefined;
  /** Codecs for the content of Anys. Default: none, so every Any is `{ "@type", "value": base64 }`. */
  readonly types?: readonly JsonType[] | undefined;
}

/** Options for reading JSON. All optional. */
export interface FromJsonOptions {
  /** Codecs of types whose fields may be in an Any. Default: none. */
  readonly types?: readonly JsonType[] | undefined;
  /**
   * For JSON of a newer writer: ignore unknown keys, and unknown names of enum values (in a list or map, only the element). Default false: they
   * are errors. Numbers of enum values are always kept.
   */
  readonly ignoreUnknown?: boolean | undefined;
}

/** Context for writing JSON. `write` converts a message of any type. */
export interface ToJsonContext {
  readonly unknownFields: boolean;
  readonly types: ReadonlyMap<string, JsonType>;
  write(table: MessageTable, message: Message, at: Place): JsonValue;
}

/** Context for reading JSON. `read` creates a message of any type. */
export interface FromJsonContext {
  readonly ignoreUnknown: boolean;
  readonly types: ReadonlyMap<string, JsonType>;
  read(table: MessageTable, value: unknown, at: Place): Message;
}

/** The types by full name. */
export function typesByName(types: readonly JsonType[] = []): ReadonlyMap<string, JsonType> {
  return new Map(types.map((type) => [type.generated.table.name, type]));
}

/** A value of JSON.stringify and JSON.parse. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object in JSON, whose keys are own properties. */
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
  /** @param message of the types of its table; every field is optional. */
  toJson(table: MessageTable, message: Message, at: Place, context: ToJsonContext): JsonValue;
  fromJson(table: MessageTable, value: unknown, at: Place, context: FromJsonContext): Message;
}
