// What the view shows and can do. The view knows nothing else of the protocol: the page joins it to a client, its tests to a fixture.
import type { MessageView } from './message-view.js';

export interface Person {
  readonly userId: bigint;
  readonly name: string;
  /** A program, such as an assistant. */
  readonly isBot?: boolean;
}

export interface Connection {
  readonly state: 'connecting' | 'connected' | 'reconnecting' | 'ended';
  /** The code of the error that ended it, or the reason that the server gave. */
  readonly reason?: string;
}

export interface PresenceView {
  readonly status: 'online' | 'away' | 'busy' | 'offline';
  /** Unix time in milliseconds; 0 = unknown. */
  readonly lastSeenMs: number;
}

export interface ConversationView {
  /** The same for all who are in it: `conversationKey` of the library. */
  readonly key: string;
  readonly kind: 'private' | 'group' | 'room';
  readonly title: string;
  /** The other user of a private conversation. */
  readonly peer?: Person;
  /** Presence of the peer. */
  readonly presence?: PresenceView;
  /** All users in it, this one included; empty = unknown. */
  readonly members: readonly Person[];
  readonly unreadCount: number;
  readonly unreadMentions: number;
  /** The user has read everything up to this seq. */
  readonly readSeq: bigint;
  readonly lastMessage?: MessageView;
  /** Unix time in milliseconds of the last message; 0 = none. */
  readonly activeAtMs: number;
  readonly isPinned: boolean;
  readonly isMuted: boolean;
  /** Who is writing, or thinking, right now. */
  readonly typing: readonly TypingView[];
  /** Of a room: whether this connection is in it. */
  readonly isJoined?: boolean;
}

export interface TypingView {
  readonly person: Person;
  readonly isThinking: boolean;
}

/** The loaded messages of a conversation, oldest first. */
export interface Timeline {
  readonly messages: readonly MessageView[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}

export interface CallView {
  readonly callId: string;
  readonly conversationKey: string;
  /** The caller of an incoming call, otherwise the called user. */
  readonly person: Person;
  readonly video: boolean;
  readonly state: 'incoming' | 'calling' | 'ringing' | 'active' | 'ended';
  /** Unix time in milliseconds at which it was accepted; 0 = not yet. */
  readonly sinceMs: number;
  /** Why it ended. */
  readonly end?: CallEnd;
}

export type CallEnd =
  | 'hangup'
  | 'rejected'
  | 'cancelled'
  | 'busy'
  | 'timeout'
  | 'unreachable'
  | 'unsupported'
  | 'failed'
  | 'elsewhere';

/** Immutable: a change makes another object. */
export interface ChatState {
  readonly me: Person;
  readonly connection: Connection;
  /** Pinned ones first, then by the time of their last message. */
  readonly conversations: readonly ConversationView[];
  /** Conversations are loaded, if only from the device's storage. */
  readonly isLoaded: boolean;
  readonly call?: CallView;
  /** An action that failed; cleared by the next one. */
  readonly failure?: string;
}

/** A message to be sent. */
export interface Draft {
  readonly text: string;
  /** The URL of a picture; the text is its caption. */
  readonly imageUrl?: string;
  readonly replyTo?: MessageView;
}

export interface ChatModel {
  readonly state: ChatState;
  timeline(conversationKey: string): Timeline;
  /** Calls back after changes of state or of a timeline; not for each of several in one turn. Returns what ends it. */
  subscribe(changed: () => void): () => void;

  /** The conversation that the page shows; undefined = none. */
  open(conversationKey: string | undefined): void;
  /** Messages up to this one are on the screen. */
  seen(conversationKey: string, message: MessageView): void;
  loadOlder(conversationKey: string): Promise<void>;

  send(conversationKey: string, draft: Draft): void;
  retry(conversationKey: string, message: MessageView): void;
  edit(conversationKey: string, message: MessageView, text: string): void;
  recall(conversationKey: string, message: MessageView): void;
  react(conversationKey: string, message: MessageView, key: string, removed: boolean): void;
  /** Sends messages of a conversation to another one: one as it is, several as one. */
  forward(fromKey: string, messages: readonly MessageView[], toKey: string): void;
  stopStream(conversationKey: string, message: MessageView): void;
  /** The user is writing. */
  typing(conversationKey: string): void;

  call(conversationKey: string, video: boolean): void;
  acceptCall(): void;
  /** Declines, cancels or hangs up, as the state of the call is; closes one that has ended. */
  endCall(): void;

  setRoom(conversationKey: string, joined: boolean): void;
  clearFailure(): void;
}
