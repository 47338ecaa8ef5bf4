import { DECODE_AHEAD_BYTES, DECODE_AHEAD_FRAMES } from '../limits.js';
import type { SessionEvent } from './session-event.js';

/** What happened on a connection and was not taken yet, and how much was decoded for it. */
export class EventList {
  #events: SessionEvent[] = [];
  #frames = 0;
  #bytes = 0;

  /** So much was decoded since events were last taken that further frames wait. */
  get isFull(): boolean {
    return this.#frames >= DECODE_AHEAD_FRAMES || this.#bytes >= DECODE_AHEAD_BYTES;
  }

  add(event: SessionEvent): void {
    this.#events.push(event);
  }

  /** A frame was decoded, whether an event came of it or not. @param bytes its size after inflating. */
  decoded(bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
  }

  take(): SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    this.#frames = 0;
    this.#bytes = 0;
    return events;
  }
}
