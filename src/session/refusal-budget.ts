import { ProtocolError } from '../errors.js';
import { MAX_REFUSALS, REFUSAL_WINDOW_MS } from '../limits.js';

/** What a peer may cost: so many refusals within a time, which begins with the first of them. Good frames change nothing. */
export class RefusalBudget {
  #count = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** The peer has caused a refusal. Returns RATE_LIMITED for one too many. */
  spend(nowMs: number): ProtocolError | undefined {
    if (nowMs - this.#sinceMs >= REFUSAL_WINDOW_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= MAX_REFUSALS) return undefined;
    const text = `${this.#count} refusals within ${REFUSAL_WINDOW_MS} ms, limit ${MAX_REFUSALS}`;
    return new ProtocolError('RATE_LIMITED', text, { limit: MAX_REFUSALS, actual: this.#count });
  }
}
