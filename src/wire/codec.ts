// What a generated message offers, and the public functions around the generated ones: memory and errors.
import type { Issue } from '../errors.js';
import { createMessage } from './create-message.js';
import { toDecodeError } from './decode-error.js';
import { invalidMessage } from './issues.js';
import { newerMarks } from './newer.js';
import { allocateOutput, returnOutput } from './output.js';
import { isBytes } from './scalar.js';
import { shapeIssues, toEncodeError } from './shape.js';
import type { MessageTable } from './table.js';

/** The generated parts of a message. */
export interface Generated<T, Init> {
  readonly table: MessageTable;
  /** Checks the types and estimates the size in bytes. Three times the estimate is always enough. Marks what is newer than version 1 (newer.ts). */
  estimate(message: Init, depth?: number): number;
  /** Writes the message at `p`, where there is capacity, and returns the index after it. */
  write(message: Init, b: Uint8Array, p: number): number;
  /** Reads the message in b[p, e), at depth `d`, into `m` if given. */
  read(b: Uint8Array, p: number, e: number, d: number, m?: T): T;
  /**
   * Checks the rules of the schema; undefined = all are kept. Every value must be of the right type.
   * @param prechecked `message` was returned by `read`, and nothing in it was suspect (text.ts).
   */
  check(message: Init, prechecked?: boolean): Issue[] | undefined;
}

/** Encodes a message. Takes only the parts that it needs, so that a bundle has no others. */
export function encodeMessage<Init>(
  table: MessageTable,
  estimate: (message: Init) => number,
  write: (message: Init, b: Uint8Array, p: number) => number,
  message: Init,
): Uint8Array<ArrayBuffer> {
  try {
    const out = allocateOutput(estimate(message) * 3);
    const end = write(message, out.bytes, out.start);
    return returnOutput(out, end);
  } catch (error) {
    throw toEncodeError(table, message, error);
  }
}

/** Decodes exactly one message from all of `bytes`. */
export function decodeMessage<T>(
  table: MessageTable,
  read: (b: Uint8Array, p: number, e: number, d: number) => T,
  bytes: Uint8Array,
): T {
  if (!isBytes(bytes)) throw new TypeError('decode expects a Uint8Array');
  try {
    return read(bytes, 0, bytes.length, 0);
  } catch (error) {
    throw toDecodeError(table, bytes, 0, bytes.length, 0, error);
  }
}

/**
 * The codec of a message. `T` is a decoded message, which has every field; `Init` is a message to encode, in which every field is optional.
 * No function uses `this` or changes its argument.
 */
export interface Codec<T, Init, Name extends string = string> {
  /** Full name of the message: `im.protocol.v1.SendInfo`. */
  readonly typeName: Name;
  /**
   * Encodes a message as protobuf, without a frame. Types and ranges are checked; the rules of the schema are not (`check`, `encodeFrame`).
   * The result belongs to the caller. A small one may be a view of a buffer of 64 KiB, of which no part is written twice.
   * @throws ProtocolError INVALID_MESSAGE, with all issues: a value of a wrong type or out of range, null, an unknown key, a lone surrogate.
   */
  encode(message: Init): Uint8Array<ArrayBuffer>;
  /**
   * Decodes exactly one message from all of `bytes`, strictly. Of the rules of the schema, only the limits of lists are checked.
   * `bytes` fields are views of the input: copy them (`slice()`) if the input is reused. Nothing else is shared. In messages with many
   * strings (TopicMessage), a string of 13 characters or more may keep up to 1 KiB of text that was next to it in memory.
   * @throws ProtocolError MALFORMED_PAYLOAD with offset and path; INVALID_MESSAGE for a list over its limit.
   */
  decode(bytes: Uint8Array): T;
  /**
   * Creates a message with every field; a missing one gets its default. Lists, maps and messages are copied, bytes are shared.
   * @throws ProtocolError INVALID_MESSAGE, like `encode`.
   */
  create(init?: Init): T;
  /** Checks the types of any value and, if they are right, the rules of the schema. Returns all issues, at most 1000; empty = valid. */
  check(value: unknown): Issue[];
  /** @hidden */
  readonly generated: Generated<T, Init>;
  /** @hidden The counter that `generated.estimate` increments (newer.ts). Generated code may run on another copy of the package: ESM, CommonJS. */
  readonly newerMarks: () => number;
}

/** @hidden Creates the codec of a message from its generated parts. */
export function createCodec<T extends object, Init extends object, Name extends string>(
  generated: Generated<T, Init>,
): Codec<T, Init, Name> {
  const { estimate, write, read } = generated;
  const codec: Omit<Codec<T, Init, Name>, 'typeName'> = {
    generated,
    newerMarks,
    encode(message) {
      return encodeMessage(generated.table, estimate, write, message);
    },
    decode(bytes) {
      return decodeMessage(generated.table, read, bytes);
    },
    create(init) {
      const { table } = generated;
      const issues = init === undefined ? [] : shapeIssues(table, init);
      if (issues.length > 0) throw invalidMessage(issues, table.name);
      return createMessage(table, init ?? {}) as T;
    },
    check(value) {
      const issues = shapeIssues(generated.table, value);
      return issues.length > 0 ? issues : (generated.check(value as Init) ?? []);
    },
  };
  return Object.defineProperty(codec, 'typeName', TYPE_NAME) as Codec<T, Init, Name>;
}

/**
 * A getter, because a plan is parsed when its table is needed. One for all codecs: with a getter of its own, each codec would have another
 * shape, and reading `generated` of one would be a lookup for every frame.
 */
const TYPE_NAME: PropertyDescriptor & ThisType<Codec<unknown, unknown>> = {
  enumerable: true,
  get() {
    return this.generated.table.name;
  },
};

/**
 * @hidden One of the generated parts of a codec. Generated code of applications takes the parts of this protocol's messages with it. It is
 * a call, and no property, because a bundler drops an unused call that is marked as pure.
 */
export function part<T, Init, P extends keyof Generated<T, Init>>(
  codec: { readonly generated: Generated<T, Init> },
  name: P,
): Generated<T, Init>[P] {
  return codec.generated[name];
}

/** The decoded and the encodable type of each message that a frame may carry, by name. */
export type MessageMap = Record<string, { message: object; init: object }>;

/** What frames need of a codec. */
export type FrameCodec<T, Init> = Pick<Codec<T, Init>, 'generated' | 'newerMarks'>;

/** A message that a frame may carry. */
export interface FrameEntry<Name extends string = string, T extends object = object, Init extends object = object> {
  /** Name of the message: `SendInfo`. */
  readonly name: Name;
  /** Type byte of its frames, 1 to 255. */
  readonly type: number;
  /** True for a message of the handshake, whose frames have version 0. */
  readonly handshake: boolean;
  readonly codec: FrameCodec<T, Init>;
  /** Number of the field that contains the command, if there is one. */
  readonly command?: number;
}

/** All messages that frames of a protocol carry. */
export interface Registry<M extends MessageMap> {
  /** Newest version of the protocol in the schema. */
  readonly version: number;
  readonly frames: { readonly [Name in keyof M & string]: FrameEntry<Name, M[Name]['message'], M[Name]['init']> };
}
