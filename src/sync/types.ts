// What an application sees of a conversation.
import type {
  Content,
  ConversationRef,
  ConversationState,
  Edit,
  MessageReceipt,
  PushInit,
  Recall,
} from '../../generated/models.js';
import type { MessageData } from '../conversation/conversation-of.js';
import type { ProtocolError } from '../errors.js';

/** A reaction to a message, as it is now. */
export interface SyncReaction {
  /** An emoji or the name of one. */
  readonly key: string;
  /** The number of users with this reaction, as the platform counts. */
  readonly count: number;
  /** The user has this reaction, as far as this device knows. */
  readonly mine: boolean;
}

/** A stored message with everything that changed it. */
export interface SyncMessage {
  /** Key of the conversation (`conversationKey`); undefined for a system message without one. */
  readonly key: string | undefined;
  /** Its place in the conversation; 0n for a message that has none. */
  readonly seq: bigint;
  /** Unique in the system; 0n if the platform assigned none. */
  readonly messageId: bigint;
  /** Id of the sender; 0n = the platform. */
  readonly senderId: bigint;
  /** The message as it came, or its recalled form. */
  readonly data: MessageData;
  /** The content to show: that of the last edit, if there is one. */
  readonly content: Content;
  /** The last edit. */
  readonly edit: Edit | undefined;
  /** The recall; the message then has no body to show. */
  readonly recall: Recall | undefined;
  /** Reactions with a count above 0, oldest first. */
  readonly reactions: readonly SyncReaction[];
  /** How many members have received and read it: only of messages that asked for it. */
  readonly receipt: MessageReceipt | undefined;
  /** It counts as unread while it stands above the read position. */
  readonly isCounted: boolean;
  /** It mentions the user. */
  readonly isMention: boolean;
}

/** Messages that the device does not have, by seq, both ends included. */
export interface SyncGap {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
}

/** Where a conversation stands. */
export interface SyncConversation {
  readonly key: string;
  readonly ref: ConversationRef;
  /** The merged state. For unread counts see below: those in the state are of the time at which the platform sent it. */
  readonly state: ConversationState;
  /** All visible messages up to this seq are on the device, but for `gaps`. */
  readonly lastSeq: bigint;
  /** The user has read up to this seq, on any terminal. */
  readonly readSeq: bigint;
  /** The other user of a private conversation has read up to this seq; 0n in other conversations. */
  readonly peerReadSeq: bigint;
  readonly unreadCount: number;
  readonly unreadMentions: number;
  /** Seq of the first unread message that mentions the user; 0n = there is none. */
  readonly firstMentionSeq: bigint;
  /** False while the counts wait for the platform: the device lacks unread messages, and something about them changed. */
  readonly isCountExact: boolean;
  /** When the last message came: Unix time in milliseconds; 0n = none has come. */
  readonly activeAtMs: bigint;
  /** The user has hidden it, and no message has come since. */
  readonly isHidden: boolean;
  /** Messages that the device lacks, oldest first. Load them with `loadHistory` when the user scrolls there. */
  readonly gaps: readonly SyncGap[];
}

/** Why a message is different from before. */
export type SyncChangeCause = 'edit' | 'recall' | 'reaction' | 'stream' | 'quote' | 'receipt';

/** A change, reported once, after it was stored. */
export type SyncChange =
  /** The next message of a conversation, in ascending seq; `isLive`: it came as a push, not from a page. */
  | { readonly type: 'message'; readonly message: SyncMessage; readonly isLive: boolean }
  /** Messages that were loaded from before: ascending, below those that were reported already. */
  | { readonly type: 'history'; readonly key: string; readonly messages: readonly SyncMessage[] }
  /** A message that was reported before, as it is now. */
  | { readonly type: 'changed'; readonly message: SyncMessage; readonly by: SyncChangeCause }
  /** Messages that the user has deleted: these, and all up to `upToSeq` (0n = not used). */
  | { readonly type: 'deleted'; readonly key: string; readonly messageIds: readonly bigint[]; readonly upToSeq: bigint }
  /** A conversation as it is now: positions, counts, settings, gaps. At most one of a conversation in each list of changes. */
  | { readonly type: 'conversation'; readonly conversation: SyncConversation }
  /** A message that is not stored: with the hint `online_only`, or of a platform without seq. */
  | { readonly type: 'transient'; readonly message: SyncMessage }
  /** A command of the application, live or from a page. It may come twice. */
  | { readonly type: 'custom'; readonly push: PushInit }
  /** The server could not continue from where the device was: the list of conversations starts from scratch. Draw everything again. */
  | { readonly type: 'reset' }
  /** Another tab has changed the storage, or changes were dropped because nobody read them. Draw everything again. */
  | { readonly type: 'reload' };

/**
 * Where synchronization stands. `offline`: no connection. `unsupported`: the connection has no version 2 or no feature `sync`; its messages
 * go to the application unsynchronized. `syncing`: pages are coming. `synced`: the device has everything. `failed`: the storage failed or the
 * server broke the protocol; the next connection tries again. `closed`: the client has ended.
 */
export type SyncState = 'offline' | 'unsupported' | 'syncing' | 'synced' | 'failed' | 'closed';

/** The state, and the reason of `failed` and `closed`. */
export interface SyncStatus {
  readonly state: SyncState;
  readonly error: ProtocolError | undefined;
}
