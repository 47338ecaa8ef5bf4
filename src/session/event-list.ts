import type { ProtocolError } from '../errors.js';
import type { SessionEvent } from './session-event.js';

/** So many notices wait at most to be taken. */
const MAX_NOTICES = 100;

/** What happened on a connection and was not taken yet. */
export class EventList {
  #events: SessionEvent[] = [];
  /** How many of the events are notices. */
  #notices = 0;

  add(event: SessionEvent): void {
    this.#events.push(event);
  }

  /** For a log. A peer that errs in a thousand frames of one piece is told of often enough: the rest is dropped. */
  notice(error: ProtocolError): void {
    this.#notices += 1;
    if (this.#notices <= MAX_NOTICES) this.add({ type: 'notice', error });
  }

  take(): SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    this.#notices = 0;
    return events;
  }
}
