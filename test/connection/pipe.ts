// A pair of in-memory transports: one receives what the other writes, when the test delivers it.
import type { Transport, TransportOwner } from '../../src/connection/transport.js';

/** One end of a pipe. */
export class PipeEnd implements Transport {
  readonly subprotocol: string | undefined;
  peer!: PipeEnd;
  owner!: TransportOwner;
  /** All that was written, by writes: on WebSocket each is a message. */
  readonly writes: Uint8Array[][] = [];
  isPaused = false;
  /** Takes nothing from its owner: the peer does not read. */
  isStuck = false;
  closeCode: number | undefined;
  isEnded = false;
  readonly pause: (() => void) | undefined;
  readonly resume: (() => void) | undefined;
  #waiting: Uint8Array[] = [];

  constructor(subprotocol: string | undefined, canPause: boolean) {
    this.subprotocol = subprotocol;
    if (!canPause) return;
    this.pause = () => {
      this.isPaused = true;
    };
    this.resume = () => {
      this.isPaused = false;
    };
  }

  get bufferedBytes(): number {
    return this.isStuck ? this.#waiting.reduce((sum, { length }) => sum + length, 0) : 0;
  }

  write(frames: Uint8Array[]): void {
    if (this.closeCode !== undefined) throw new Error('written after the close');
    this.writes.push(frames);
    this.#waiting.push(Buffer.concat(frames));
  }

  close(code: number): void {
    this.closeCode = code;
  }

  /** What was written arrives. Returns false if there was nothing. */
  deliver(): boolean {
    if (this.isStuck || this.peer.isPaused || this.isEnded) return false;
    const bytes = this.#waiting;
    this.#waiting = [];
    for (const chunk of bytes) this.peer.owner.received(chunk);
    if (this.closeCode !== undefined) {
      this.cut(this.closeCode);
      return true;
    }
    return bytes.length > 0;
  }

  /** The transport ends, for both. */
  cut(code?: number, cause?: unknown): void {
    for (const end of [this, this.peer]) {
      if (end.isEnded) continue;
      end.isEnded = true;
      end.owner.ended(end.subprotocol === undefined ? undefined : code, cause);
    }
  }
}
