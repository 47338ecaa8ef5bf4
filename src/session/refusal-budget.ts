import { ProtocolError } from '../errors.js';
import { MAX_REFUSALS, REFUSAL_WINDOW_MS } from '../limits.js';

/** Limits the refusals that a peer may cause within a window of time, which starts with the first of them. Valid frames do not reset it. */
export class RefusalBudget {
  #count = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** Counts a refusal. Returns RATE_LIMITED above the limit. */
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
