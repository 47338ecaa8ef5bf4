// What the scripts of `pages/` offer to the tests.
import type { Figures, Outcome } from '../vectors/expected.js';
import type { Vector } from '../vectors/vector.js';

export interface RealmApis {
  readonly 'start-worker': WorkerApi;
  readonly misbehave: MisbehaviourApi;
  readonly vectors: VectorApi;
  readonly handshake: HandshakeApi;
  readonly client: ClientApi;
  readonly sync: SyncApi;
  readonly network: NetworkApi;
}

export interface WorkerApi {
  /** Resolves when the script has run. */
  startWorker(script: string): Promise<void>;
}

/** What the watch has to notice. */
export interface MisbehaviourApi {
  makeCodeFromText(): string;
  fetchFrom(url: string): Promise<string>;
  throwLater(): void;
}

export interface VectorApi {
  /** Of vectors that are one frame, accepted or refused. */
  readFrames(vectors: readonly Vector[]): FrameReport[];
  /** Of vectors that are streams, fed to the decoder in pieces of so many bytes. */
  readStreams(vectors: readonly Vector[], pieceBytes: number): Outcome<Figures>[][];
  /** Of vectors that have a Hello, or the answer to one. */
  negotiate(vectors: readonly Vector[]): NegotiationReport[];
}

export interface FrameReport {
  /** The frame as JSON. */
  readonly frame?: object;
  /** Where the vector says how it is encoded, and other bytes came out: these, in hex. */
  readonly encodedOtherwise?: string | undefined;
  /** Likewise, of the frame that was made from its JSON. */
  readonly madeOtherwise?: string | undefined;
  readonly error?: Figures;
}

export interface NegotiationReport {
  readonly welcome?: unknown;
  readonly reject?: unknown;
  readonly agreement?: object;
  readonly error?: Figures;
}

export interface HandshakeApi {
  /** Opens a WebSocket, says Hello, and tells what became of it. */
  shakeHands(url: string): Promise<{ subprotocol: string; agreement?: object; error?: Figures }>;
  /** Shakes hands, sends a compressed private message, and returns the text of the one that comes back. */
  echo(url: string, text: string): Promise<string>;
}

/** What was returned, or the error. */
export type Told<T> = T | { readonly error: Figures };

/** A client that stays connected: what comes, comes from its present connection and those before. */
export interface ClientApi {
  /** Connects and logs in with the tokens, each for one connection; the last one is for all that follow. */
  logIn(url: string, tokens: readonly string[]): Promise<Told<{ userId: bigint; version: number }>>;
  /** Sends a private message, and sends it again if the connection is lost. Resolves with the answer. */
  send(receiverId: bigint, text: string): Promise<Told<{ messageId: bigint }>>;
  /** Sends all at once. */
  sendAll(receiverId: bigint, texts: readonly string[]): Promise<Told<{ messageId: bigint }>[]>;
  /** Resolves with all messages that were handed over, as soon as there are so many. */
  received(count: number): Promise<Received[]>;
  /** Resolves with who logged in, once for each connection, as soon as there were so many. */
  logins(count: number): Promise<bigint[]>;
  state(): string;
  /** Codes of what was refused or dropped. */
  notices(): string[];
  /** Resolves when the client has ended: with why. */
  ended(): Promise<Figures | undefined>;
  leave(): Promise<void>;
}

/** A client with an outbox, whose backoff is so long that it comes back by nothing but what the browser reports. */
export interface NetworkApi {
  /** @param storage Name of the storage of the outbox. Default: in memory. */
  open(url: string, accessToken: string, storage?: string): void;
  /** Resolves with all states so far, as soon as the client has had the last of these states, in this order, since it was opened. */
  states(inOrder: readonly string[]): Promise<string[]>;
  state(): string;
  /** Adds a message to the outbox. Returns its id. */
  say(receiverId: bigint, text: string): string;
  /** Number of messages in the outbox. */
  waiting(): number;
  /** Resolves with the ids of the messages that the server has answered, as soon as there are so many. */
  answered(count: number): Promise<string[]>;
  /** Resolves with the texts that a handler got, as soon as there are so many. */
  received(count: number): Promise<string[]>;
  /** The page comes back from the cache, as a browser reports it. */
  comeBack(): void;
}

/** A message as it was handed over. */
export interface Received {
  readonly from: bigint;
  readonly messageId: bigint;
  readonly text: string;
}

/** Conversations in IndexedDB. Bytes are lists of numbers, seqs are numbers. */
export interface SyncApi {
  /** Opens the database of a storage; one that is open is closed first. */
  open(name: string): Promise<void>;
  revision(): Promise<number>;
  get(keys: readonly string[]): Promise<(number[] | undefined)[]>;
  list(query: { from: string; to: string; limit: number; reverse: boolean }): Promise<[string, number[]][]>;
  write(batch: WrittenBatch): Promise<boolean>;
  /** Number of writes of other tabs so far. */
  foreignWrites(): number;
  /** Connects with the storage that is open. */
  connect(url: string, accessToken: string): Promise<void>;
  status(): string;
  /** What is stored of each conversation: its messages, oldest first, and its unread count. */
  drawn(): Promise<{ key: string; unread: number; seqs: number[] }[]>;
  /** Number of messages that were reported twice or out of order, and of reloads. */
  reported(): { wrong: number; reloads: number; messages: number };
}

export interface WrittenBatch {
  readonly revision: number;
  readonly deleteRanges: readonly { readonly from: string; readonly to: string }[];
  readonly deletes: readonly string[];
  readonly puts: readonly (readonly [string, number[]])[];
}
