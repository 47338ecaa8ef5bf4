// The object that a model is: `SendInfo.encode`, `.decode`, `.create`, `.check`.
import type { Issue } from '../errors.js';
import { decodeMessage, encodeMessage, type Generated } from './codec.js';
import { createMessage } from './create-message.js';
import { invalidMessage } from './invalid-message.js';
import { shapeIssues } from './shape.js';

/**
 * The codec of a message: `T` is what decode returns, whole, with every field; `Init` is what encode takes, in which fields may be
 * left out. All functions are free of `this`. None changes its argument.
 */
export interface Codec<T, Init, Name extends string = string> {
  /** Full name of the message: `im.protocol.v1.SendInfo`. */
  readonly typeName: Name;
  /**
   * Encodes a message as protobuf, without a frame. The rules of the schema are not checked (`check`, `encodeFrame`), types and ranges
   * are. The result is the caller's own; a small one may be a view of a larger buffer (64 KiB) that nobody writes to again.
   * @throws ProtocolError INVALID_MESSAGE, with all issues: a value of another type or out of range, null, an unknown key, a lone surrogate.
   */
  encode(message: Init): Uint8Array<ArrayBuffer>;
  /**
   * Decodes exactly one message from all of `bytes`, strictly. The rules of the schema are not checked, but for the limits of lists.
   * `bytes` fields are views of the input: copy them (`slice()`) if the input is used again. Nothing else is shared.
   * @throws ProtocolError MALFORMED_PAYLOAD with offset and path; INVALID_MESSAGE for a list over its limit.
   */
  decode(bytes: Uint8Array): T;
  /**
   * A whole message from a part of one: what is left out has its default. Lists, maps and messages are copied, bytes are shared.
   * @throws ProtocolError INVALID_MESSAGE as encode does.
   */
  create(init?: Init): T;
  /** Everything that is wrong with a value: first its types; where they are right, the rules of the schema. Empty = valid. */
  check(value: unknown): Issue[];
  /** @internal */
  readonly generated: Generated<T, Init>;
}

/** @internal Makes the codec of a message from its generated functions. */
export function createCodec<T extends object, Init extends object, Name extends string>(
  generated: Generated<T, Init>,
): Codec<T, Init, Name> {
  const { table, likely, write, read } = generated;
  return {
    typeName: table.name as Name,
    generated,
    encode(message) {
      return encodeMessage(table, likely, write, message);
    },
    decode(bytes) {
      return decodeMessage(table, read, bytes);
    },
    create(init) {
      const issues = init === undefined ? [] : shapeIssues(table, init);
      if (issues.length > 0) throw invalidMessage(issues, table.name);
      return createMessage(table, init ?? {}) as T;
    },
    check(value) {
      const issues = shapeIssues(table, value);
      return issues.length > 0 ? issues : (generated.check(value as Init) ?? []);
    },
  };
}
