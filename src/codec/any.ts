// Messages of applications in a google.protobuf.Any.
import type { Any } from '../../generated/google/protobuf/any.js';
import { ProtocolError } from '../errors.js';
import { ANY_TYPE_URL_MAX_BYTES } from '../limits.js';
import { byteLength, exceedsBytes, isTypeUrl } from '../wire/rules.js';

/** The part of a codec that `packAny` uses. Every generated codec has it. */
export interface AnyEncoder<Init> {
  /** Full name of the message: `com.example.chat.v1.Poll`. Names that begin with `im.` belong to this protocol. */
  readonly typeName: string;
  /** Encodes a message. The result becomes `value` of the Any. */
  encode(message: Init): Uint8Array;
}

/** The part of a codec that `unpackAny` uses. Every generated codec has it. */
export interface AnyDecoder {
  /** Full name of the message: `com.example.chat.v1.Poll`. */
  readonly typeName: string;
  /** Decodes `value` of the Any. */
  decode(bytes: Uint8Array): unknown;
}

/** The result of `unpackAny` for a list of codecs: one of their messages, discriminated by `typeName` if it is a literal type. */
export type Unpacked<C extends AnyDecoder> = C extends AnyDecoder
  ? { readonly typeName: C['typeName']; readonly message: ReturnType<C['decode']> }
  : never;

/** The prefix that protobuf libraries of all languages write. Nothing is fetched from it. */
const PREFIX = 'type.googleapis.com/';

/**
 * Packs a message of any type as an Any: the `data` of a command from 1000 on, or the body of a Content.
 *
 * Names that begin with `im.` are reserved for this protocol. Give your messages a package under a domain that you own.
 * @param codec the codec of the message: its full name and `encode`.
 * @returns an Any whose `value` is the result of `codec.encode`, not a copy.
 * @throws ProtocolError INVALID_MESSAGE if `codec.typeName` is not a full name, or its type_url exceeds 255 bytes; as `codec.encode`.
 */
export function packAny<Init>(codec: AnyEncoder<Init>, message: NoInfer<Init>): Any {
  const typeUrl = PREFIX + codec.typeName;
  const problem = typeUrlProblem(typeUrl);
  if (problem !== undefined) throw invalidTypeUrl(problem);
  return { typeUrl, value: codec.encode(message) };
}

/**
 * Unpacks an Any by the codec with the name of its type: the part of `typeUrl` after the last `/`. Nothing is fetched.
 * @param codecs the known types. If two have the same name, the first is used.
 * @returns the name and the message, whose `bytes` fields are views of `any.value` with generated codecs; undefined if no codec has the
 * type. Such an Any can be forwarded unchanged.
 * @throws ProtocolError INVALID_MESSAGE if `typeUrl` exceeds 255 bytes or does not end with `/` and a full name; as `codec.decode`:
 * MALFORMED_PAYLOAD for generated codecs.
 */
export function unpackAny<const C extends AnyDecoder>(any: Readonly<Any>, codecs: readonly C[]): Unpacked<C> | undefined {
  const problem = typeUrlProblem(any.typeUrl);
  if (problem !== undefined) throw invalidTypeUrl(problem);
  const typeName = typeNameIn(any.typeUrl);
  const codec = codecs.find((candidate) => candidate.typeName === typeName);
  if (codec === undefined) return undefined;
  // The name and the message come from the same codec, which the compiler cannot follow through `find`.
  return { typeName: codec.typeName, message: codec.decode(any.value) } as Unpacked<C>;
}

/** The full name of the type of an Any; undefined where the type_url is not valid. */
export function anyTypeName(typeUrl: string): string | undefined {
  return typeUrlProblem(typeUrl) === undefined ? typeNameIn(typeUrl) : undefined;
}

/** "The type is the part of `type_url` after the last `/`." */
function typeNameIn(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

/** The full name of a message must follow a `/`, within ANY_TYPE_URL_MAX_BYTES (specification, section 5, Any). */
function typeUrlProblem(typeUrl: string): string | undefined {
  if (exceedsBytes(typeUrl, ANY_TYPE_URL_MAX_BYTES)) return `got ${byteLength(typeUrl)} bytes, limit ${ANY_TYPE_URL_MAX_BYTES}`;
  return isTypeUrl(typeUrl) ? undefined : 'the full name of a message must follow the last /';
}

function invalidTypeUrl(message: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `typeUrl: ${message}`, {
    path: 'typeUrl',
    issues: [{ path: 'typeUrl', rule: 'type_url', message }],
  });
}
