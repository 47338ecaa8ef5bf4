// SYNC: asks for page after page, until the chain is complete or the server gives nothing new.
import type { KnownConversationInit, SyncPage } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import type { Reading } from './draft.js';
import type { OpenRequests } from './open-requests.js';
import type { Step } from './step/step.js';
import { startChain, takePage } from './sync-chain.js';

/** Pages without news in a row, after which a server is not asked again on this connection. */
const MAX_BARREN_PAGES = 256;

/** The limits of a page, as SYNC has them. */
export interface PageLimits {
  readonly limit: number;
  readonly perConversation: number;
}

export class SyncPages {
  readonly #userId: bigint;
  readonly #limits: PageLimits;
  readonly #requests: OpenRequests;
  #barren = 0;
  #known: readonly KnownConversationInit[] = [];
  /** The largest frame that may be sent. */
  maxFrameBytes = 0;

  constructor(userId: bigint, limits: PageLimits, requests: OpenRequests) {
    this.#userId = userId;
    this.#limits = limits;
    this.#requests = requests;
  }

  /** Another chain begins. */
  restart(): void {
    this.#barren = 0;
  }

  /** Returns what asks for the first page; undefined: conversations of the last chain are to be closed first. */
  *applyStart(step: Step): Reading<(() => void) | undefined> {
    const start = yield* startChain(this.#userId, this.maxFrameBytes, step);
    if (start === undefined) return undefined;
    return () => {
      this.#known = start.known;
      this.#ask(start.cursor);
    };
  }

  /**
   * Takes a page.
   * @param before the cursor of its request.
   * @returns what asks for the next page, if there is one and the connection is open, or returns why the server is not asked again.
   */
  *applyPage(page: SyncPage, before: Uint8Array, step: Step): Reading<(isConnected: boolean) => ProtocolError | undefined> {
    // "With `more` the cursor differs from that of the request."
    if (page.more && isSame(page.cursor, before))
      return () => new ProtocolError('INVALID_MESSAGE', 'a page of SYNC with more, whose cursor has not moved');
    const hasNews = yield* takePage(page, this.#userId, step);
    return (isConnected) => {
      this.#requests.succeeded();
      this.#barren = hasNews ? 0 : this.#barren + 1;
      if (!page.more) return undefined;
      if (this.#barren >= MAX_BARREN_PAGES) {
        const text = `${MAX_BARREN_PAGES} pages of SYNC without anything new, limit ${MAX_BARREN_PAGES}`;
        return new ProtocolError('INVALID_MESSAGE', text);
      }
      if (!isConnected) return undefined;
      if (page.reset) this.#known = [];
      this.#ask(page.cursor);
      return undefined;
    };
  }

  #ask(cursor: Uint8Array): void {
    this.#requests.add({ kind: 'sync', data: { cursor, ...this.#limits, known: this.#known } });
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
