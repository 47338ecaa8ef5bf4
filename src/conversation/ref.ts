// Conversations by name: refs as the messages carry them, and keys as text.
import { ConversationRef, type ConversationRefInit } from '../../generated/models.js';
import { ordered, refText } from '../codec/conversation-ref.js';
import { requireValid } from '../validate.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';

/**
 * The ref of the conversation of two users. The order of the arguments does not matter; both may be the same user.
 * @throws ProtocolError INVALID_MESSAGE for an id below 1 or above 9223372036854775807.
 */
export function privateRef(userId: bigint, otherId: bigint): ConversationRef {
  const [lowerId, higherId] = ordered(userId, otherId);
  return validRef({ kind: { $case: 'private', value: { lowerId, higherId } } });
}

/**
 * The ref of the conversation of a group.
 * @throws ProtocolError INVALID_MESSAGE for an id below 1 or above 9223372036854775807.
 */
export function groupRef(groupId: bigint): ConversationRef {
  return validRef({ kind: { $case: 'groupId', value: groupId } });
}

/**
 * The ref of the conversation of a room.
 * @throws ProtocolError INVALID_MESSAGE for an id below 1 or above 9223372036854775807.
 */
export function roomRef(roomId: bigint): ConversationRef {
  return validRef({ kind: { $case: 'roomId', value: roomId } });
}

/** False for a kind of conversation that this release does not know: keep its ref, and skip what names it. */
export function isKnownConversation(ref: ConversationRefInit): boolean {
  return ref.kind !== undefined;
}

/**
 * The other user of a private conversation: the user themselves where both are the same. Undefined for a user who is not in the
 * conversation, and for every other kind.
 */
export function peerOf({ kind }: ConversationRefInit, userId: bigint): bigint | undefined {
  if (kind?.$case !== 'private') return undefined;
  const { lowerId, higherId } = kind.value;
  if (userId === lowerId) return higherId;
  return userId === higherId ? lowerId : undefined;
}

/**
 * A conversation as text: equal for equal conversations and no others. `p_<lower id>_<higher id>`, `g_<group id>`, `r_<room id>`;
 * `x_` and the bytes of the ref in hexadecimal for a kind that this release does not know. Ids are decimal.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for a ref that names no conversation.
 */
export function conversationKey(ref: ConversationRefInit): string {
  validRef(ref);
  return refText(ref) ?? `x_${hex(ConversationRef.encode(ref))}`;
}

/** The ref of a key that `conversationKey` returned; undefined for any other text. */
export function parseConversationKey(key: string): ConversationRef | undefined {
  const ref = refOfText(key) ?? refOfHex(key);
  return ref !== undefined && ConversationRef.check(ref).length === 0 ? ref : undefined;
}

/**
 * True if both refs name one conversation. Fields that this release does not know count only where it does not know the kind.
 * @throws ProtocolError INVALID_MESSAGE for a ref that names no conversation.
 */
export function isSameConversation(a: ConversationRefInit, b: ConversationRefInit): boolean {
  return conversationKey(a) === conversationKey(b);
}

/** @internal The ref itself. @throws ProtocolError INVALID_MESSAGE for one that names no conversation. */
export function validRef<Ref extends ConversationRefInit>(ref: Ref): Ref {
  requireValid(ConversationRef.check(ref), 'ConversationRef');
  return ref;
}

const PAIR = /^p_([1-9]\d{0,18})_([1-9]\d{0,18})$/;
const SINGLE = /^([gr])_([1-9]\d{0,18})$/;
const HEX = /^x_((?:[\da-f]{2})+)$/;

function refOfText(key: string): ConversationRef | undefined {
  const pair = PAIR.exec(key);
  if (pair !== null) return { kind: { $case: 'private', value: { lowerId: BigInt(pair[1]), higherId: BigInt(pair[2]) } } };
  const single = SINGLE.exec(key);
  if (single === null) return undefined;
  return { kind: { $case: single[1] === 'g' ? 'groupId' : 'roomId', value: BigInt(single[2]) } };
}

function refOfHex(key: string): ConversationRef | undefined {
  const digits = HEX.exec(key)?.[1];
  if (digits === undefined) return undefined;
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  try {
    const ref = ConversationRef.decode(bytes);
    // A known kind has a shorter key, and one conversation has one key.
    return ref.kind === undefined && UNKNOWN_FIELDS in ref ? ref : undefined;
  } catch {
    return undefined;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
