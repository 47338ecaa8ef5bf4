// The vectors of one frame, decoded by @bufbuild/protobuf: what their bytes say is not left to our own decoder.
import { inflateRawSync } from 'node:zlib';
import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { allVectorsOf, bytesOf, FRAME_FILES, type Vector } from '../load.js';
import { frameTypes } from './protocol.js';

export interface DecodedVector {
  readonly vector: Vector;
  readonly bytes: Uint8Array;
  /** Undefined where a protobuf library cannot read the bytes. */
  readonly message: ReflectMessage | undefined;
}

export const decodedVectors: readonly DecodedVector[] = FRAME_FILES.flatMap(allVectorsOf)
  .filter(({ hex }) => hex !== undefined)
  .map((vector) => {
    const bytes = bytesOf(vector.hex);
    const desc = frameTypes.get(bytes[5]);
    return { vector, bytes, message: desc && decoded(desc, bytes) };
  });

/** The messages that a reader accepts, each with all that it has in it. */
export const acceptedMessages: readonly ReflectMessage[] = decodedVectors.flatMap(({ vector, message }) =>
  vector.frame && message ? [...withNested(message)] : [],
);

function decoded(desc: DescMessage, bytes: Uint8Array): ReflectMessage | undefined {
  const payload = bytes.subarray(8);
  try {
    const message: Message = fromBinary(desc, bytes[7] & 1 ? inflateRawSync(payload) : payload);
    return reflect(desc, message);
  } catch {
    return undefined;
  }
}

/** A message, and all messages in it. */
export function* withNested(message: ReflectMessage): Generator<ReflectMessage> {
  yield message;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === 'message') yield* withNested(message.get(field));
    if (field.fieldKind === 'list' && field.listKind === 'message')
      for (const item of message.get(field)) yield* withNested(item as ReflectMessage);
  }
}
