import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { textOfThrown } from '../callbacks.js';
import { type ProtocolError, textOfError } from '../errors.js';
import { rewordedError } from '../negotiate/reject.js';
import type { SessionEvent } from '../session/session-event.js';

interface Waiting {
  resolve(message: SendInfo): void;
  reject(error: ProtocolError, retryAfterMs: number): void;
}

/** The open requests of a session as promises, by sequence. */
export class Replies {
  readonly #waiting = new Map<number, Waiting>();

  /** Number of open requests. */
  get size(): number {
    return this.#waiting.size;
  }

  add(sequence: number, resolve: Waiting['resolve'], reject: Waiting['reject']): void {
    this.#waiting.set(sequence, { resolve, reject });
  }

  /** Settles the request of a `reply` or `failed` event. Ignores requests of the session itself (heartbeats). */
  take(event: Extract<SessionEvent, { type: 'reply' | 'failed' }>): void {
    const waiting = this.#waiting.get(event.sequence);
    this.#waiting.delete(event.sequence);
    if (event.type === 'reply') waiting?.resolve(event.message);
    else waiting?.reject(event.error, event.retryAfterMs);
  }
}

/** The same error with a cause, whose text is appended. An undefined cause changes nothing. */
export function withCause(error: ProtocolError, cause: unknown): ProtocolError {
  return cause === undefined ? error : rewordedError(error, `${textOfError(error)}: ${textOfThrown(cause)}`, cause);
}
