// The keys of the entries in a SyncStorage.
import type { SyncKeyRange } from './storage.js';

/** Longer keys of conversations come from refs of unknown kinds with much in them. */
export const MAX_CONVERSATION_KEY = 512;

/** User, cursor and progress of SYNC. */
export const META = 'meta';

const DIGITS = 19;

function padded(value: bigint): string {
  return value.toString().padStart(DIGITS, '0');
}

/** A conversation: where it stands. */
export const conversationAt = (key: string): string => `c/${key}`;
/** A message, by conversation and seq. */
export const messageAt = (key: string, seq: bigint): string => `m/${key}/${padded(seq)}`;
/** A message beyond a hole, as it came. */
export const aheadAt = (key: string, seq: bigint): string => `a/${key}/${padded(seq)}`;
/** Where the message with an id is. */
export const idAt = (messageId: bigint): string => `i/${padded(messageId)}`;
/** A message without conversation. */
export const looseAt = (messageId: bigint): string => `o/${padded(messageId)}`;
/** A message that quotes the one with the id. */
export const quoteAt = (quotedId: bigint, key: string, seq: bigint): string => `q/${padded(quotedId)}/${key}/${padded(seq)}`;

/** A change of a message that the device does not have. */
export const changeAt = (messageId: bigint, slot: string): string => `x/${padded(messageId)}/${slot}`;
export const changesOf = (messageId: bigint): SyncKeyRange => startingWith(`x/${padded(messageId)}/`);

/**
 * Marks of conversations: `h` has messages beyond a hole, `s` was named by the SYNC under way, `l` got live pushes since the last
 * SYNC, `u` waits for the platform's unread count.
 */
export type Mark = 'h' | 's' | 'l' | 'u';
export const markAt = (mark: Mark, key: string): string => `${mark}/${key}`;

/** All keys that begin with `prefix`, from `prefix + from` on. Keys are ASCII below `~`. */
export function startingWith(prefix: string, from = ''): SyncKeyRange {
  return { from: prefix + from, to: `${prefix}~` };
}

/** The messages of a conversation from seq to seq, both included. */
export function messagesBetween(key: string, first: bigint, last: bigint): SyncKeyRange {
  return { from: messageAt(key, first), to: `${messageAt(key, last)}~` };
}

export function aheadBetween(key: string, first: bigint, last: bigint): SyncKeyRange {
  return { from: aheadAt(key, first), to: `${aheadAt(key, last)}~` };
}

/** The seq at the end of a key of a message. */
export function seqOfKey(key: string): bigint {
  return BigInt(key.slice(key.lastIndexOf('/') + 1));
}
