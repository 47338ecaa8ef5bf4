import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { textOfThrown } from '../callbacks.js';
import { type ProtocolError, textOfError } from '../errors.js';
import { rewordedError } from '../negotiate/reject.js';
import type { SessionEvent } from '../session/session-event.js';

interface Waiting {
  resolve(message: SendInfo): void;
  reject(error: ProtocolError, retryAfterMs: number): void;
}

/** The requests of a session as promises: who waits for which sequence. */
export class Replies {
  readonly #waiting = new Map<number, Waiting>();

  /** How many requests wait. */
  get size(): number {
    return this.#waiting.size;
  }

  add(sequence: number, resolve: Waiting['resolve'], reject: Waiting['reject']): void {
    this.#waiting.set(sequence, { resolve, reject });
  }

  /** Takes `reply` and `failed`; what nobody waits for (a heartbeat) is nobody's. */
  take(event: Extract<SessionEvent, { type: 'reply' | 'failed' }>): void {
    const waiting = this.#waiting.get(event.sequence);
    this.#waiting.delete(event.sequence);
    if (event.type === 'reply') waiting?.resolve(event.message);
    else waiting?.reject(event.error, event.retryAfterMs);
  }
}

/** The same error, with what led to it: undefined = nothing that is known. */
export function withCause(error: ProtocolError, cause: unknown): ProtocolError {
  return cause === undefined ? error : rewordedError(error, `${textOfError(error)}: ${textOfThrown(cause)}`, cause);
}
