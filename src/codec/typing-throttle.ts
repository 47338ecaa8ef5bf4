import { TYPING_INTERVAL_MS, TYPING_MAX_CONVERSATIONS } from '../limits.js';

/** How often TYPING of a connection is sent by its client, and passed on by its server: at most once in 3 s for a conversation. */
export class TypingThrottle {
  /** When TYPING was sent last, by conversation, the oldest first. */
  readonly #sentAtMs = new Map<string, number>();

  /** Whether to send TYPING now; then it counts as sent. @param conversation its key. */
  shouldSend(conversation: string, nowMs: number): boolean {
    for (const [oldest, atMs] of this.#sentAtMs) {
      if (nowMs - atMs < TYPING_INTERVAL_MS) break;
      this.#sentAtMs.delete(oldest);
    }
    if (this.#sentAtMs.has(conversation) || this.#sentAtMs.size >= TYPING_MAX_CONVERSATIONS) return false;
    this.#sentAtMs.set(conversation, nowMs);
    return true;
  }
}
