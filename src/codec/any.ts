// Messages of applications in a google.protobuf.Any.
import type { Any } from '../../generated/google/protobuf/any.js';
import { ProtocolError } from '../errors.js';
import { ANY_TYPE_URL_MAX_BYTES } from '../limits.js';
import { byteLength, exceedsBytes, isTypeUrl } from '../wire/rules.js';

/** What `packAny` needs of a codec: any generated one has it. */
export interface AnyEncoder<Init> {
  /** Full name of the message: `com.example.chat.v1.Poll`. Names that begin with `im.` belong to this protocol. */
  readonly typeName: string;
  encode(message: Init): Uint8Array;
}

/** What `unpackAny` needs of a codec: any generated one has it. */
export interface AnyDecoder {
  readonly typeName: string;
  decode(bytes: Uint8Array): unknown;
}

/** What `unpackAny` returns for a list of codecs: one of their messages, told apart by `typeName` where that is a literal type. */
export type Unpacked<C extends AnyDecoder> = C extends AnyDecoder
  ? { readonly typeName: C['typeName']; readonly message: ReturnType<C['decode']> }
  : never;

/** What readers of every language take for a prefix. It names nobody, and nothing is fetched from it. */
const PREFIX = 'type.googleapis.com/';

/**
 * Packs a message of any type, so that it can stand in `data` of a command from 1000 up or in the body of a Content.
 *
 * Names in `im.` are this protocol's own: an application gives its messages a package of its own, under a domain that it holds.
 * @param codec the codec of the message: its full name and `encode`.
 * @returns an Any whose `value` is what `codec.encode` returned, not a copy.
 * @throws ProtocolError INVALID_MESSAGE where the codec's name is no full name or makes a type_url of over 255 bytes; whatever
 * `codec.encode` throws.
 */
export function packAny<Init>(codec: AnyEncoder<Init>, message: NoInfer<Init>): Any {
  const typeUrl = PREFIX + codec.typeName;
  const problem = typeUrlProblem(typeUrl);
  if (problem !== undefined) throw invalidTypeUrl(problem);
  return { typeUrl, value: codec.encode(message) };
}

/**
 * Unpacks an Any with the codec whose name is the type's: what follows the last `/` of `typeUrl`, whatever stands before it. Nothing
 * is fetched.
 * @param codecs the types that the caller knows; of two with one name the first is taken.
 * @returns the name and the message (a view of `any.value` where `codec.decode` returns one); undefined where the type is none of
 * them: such an Any stays opaque, and can be passed on.
 * @throws ProtocolError INVALID_MESSAGE where `typeUrl` is over 255 bytes or does not end in `/` and a full name; whatever
 * `codec.decode` throws, MALFORMED_PAYLOAD for generated codecs.
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

/** "The type is what follows the last `/`". */
function typeNameIn(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

/** "... a valid full name; type_url <= 255 bytes". */
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
