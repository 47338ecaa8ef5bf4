// What the scripts of `pages/` offer to the tests.
import type { Figures, Outcome } from '../vectors/expected.js';
import type { Vector } from '../vectors/vector.js';

export interface RealmApis {
  readonly 'start-worker': WorkerApi;
  readonly misbehave: MisbehaviourApi;
  readonly vectors: VectorApi;
  readonly handshake: HandshakeApi;
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
