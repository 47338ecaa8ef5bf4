// The format of conversation.json: the users and their actions.

export type TerminalName = 'WEB' | 'APP' | 'PC';

export interface Device {
  /** A name in `users`. */
  readonly user: string;
  readonly terminal: TerminalName;
  /** Two entries with the same deviceId are one device that reconnects. */
  readonly deviceId: string;
  readonly transport: 'tcp' | 'ws';
  /** The number of the IM server that it connects to: 1 or 2. */
  readonly server: number;
  /** The versions of the protocol that it speaks. Default: all that this release knows. */
  readonly versions?: readonly number[];
}

export interface Group {
  readonly groupId: string;
  readonly members: readonly string[];
}

/** A Content as ProtoJSON. A messageId that is not known beforehand is given as `id of <clientMessageId>`. */
export interface JsonContent {
  readonly clientMessageId: string;
  readonly [member: string]: unknown;
}

/** A message to a user or to a group, by name. Missing flags are false; missing terminals mean all terminals. */
export interface Send {
  readonly do: 'send';
  readonly from: string;
  readonly to: string;
  readonly terminals?: readonly TerminalName[];
  readonly skipSelf?: boolean;
  readonly skipResult?: boolean;
  readonly mentions?: readonly string[];
  readonly content: JsonContent;
}

/** A push is lost on the way to a receiver: seen by the gap in the seqs of the next message, and filled by HISTORY. */
export interface Hole {
  readonly do: 'hole';
  readonly from: string;
  /** A user. */
  readonly to: string;
  /** The push of this one is lost. */
  readonly lost: JsonContent;
  readonly next: JsonContent;
}

/** A question to the assistant. Its answer is written piece by piece, until a reader stops it. */
export interface Ask {
  readonly do: 'ask';
  readonly from: string;
  /** A group that the assistant is in. */
  readonly to: string;
  readonly content: JsonContent;
  /** The device stops the answer when it has so many chunks. Default: the answer is written to its end. */
  readonly stopAfter?: number;
}

/** A call, of which only the signals are sent. Another terminal of the callee is faster than the one that accepts last. */
export interface CallStep {
  readonly do: 'call';
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly accepts: string;
  readonly late: string;
}

/** A server is killed in the middle of a conversation, and started again. */
export interface Crash {
  readonly do: 'crash';
  readonly server: number;
  /** The number of acknowledged messages after which the server is killed. */
  readonly after: number;
  readonly writers: readonly { readonly from: string; readonly to: string; readonly messages: number }[];
}

export type Step =
  /** A device connects and logs in. If another one has the same user and terminal, that one has to go. */
  | { readonly do: 'login'; readonly device: string }
  | { readonly do: 'logout'; readonly device: string }
  | Send
  | Crash
  | Hole
  | Ask
  | CallStep
  /** A device has read a conversation up to a message. */
  | { readonly do: 'read'; readonly device: string; readonly in: string; readonly upTo: string }
  | { readonly do: 'type'; readonly device: string; readonly in: string }
  /** A device wants to know whether a user is online. */
  | { readonly do: 'subscribe'; readonly device: string; readonly user: string }
  | { readonly do: 'joinRoom' | 'leaveRoom'; readonly device: string; readonly room: string }
  | { readonly do: 'sendToRoom'; readonly from: string; readonly room: string; readonly content: JsonContent }
  /** As after a lost reply: the same clientMessageId once more. */
  | { readonly do: 'sendAgain'; readonly message: string }
  /** A system message to all users who are online. */
  | { readonly do: 'announce'; readonly content: JsonContent }
  /** Each device that is online sends one. */
  | { readonly do: 'heartbeats' }
  /** LOGIN again, on the same connection. */
  | { readonly do: 'renew'; readonly device: string }
  /** A device writes with the name of another one under it. */
  | { readonly do: 'impersonate'; readonly device: string; readonly as: string; readonly to: string }
  /** As after the crash of a server: the platform wrongly considers the user online. */
  | { readonly do: 'staleRoute'; readonly user: string; readonly terminal: TerminalName; readonly server: number };

export interface Conversation {
  /** Ids by name, as decimal strings: JSON numbers end at 2^53. */
  readonly users: Readonly<Record<string, string>>;
  /** The user that is a program. */
  readonly assistant?: string;
  readonly groups: Readonly<Record<string, Group>>;
  readonly rooms?: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, Device>>;
  readonly timeline: readonly Step[];
}
