import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { ProtocolError } from '../errors.js';
import type { ClientSnapshot } from './client-options.js';
import { Store } from './store.js';

/** What an application can wait for and watch: that a client is ready, that it has ended, and its snapshots in between. */
export class ClientStatus extends Store<ClientSnapshot> {
  readonly ready: Promise<SessionInfo>;
  readonly closed: Promise<ProtocolError | undefined>;
  #settleReady: { resolve(session: SessionInfo): void; reject(error: ProtocolError): void } | undefined;
  #resolveClosed: (error: ProtocolError | undefined) => void = () => {};

  /** @param failed called with what a listener threw. */
  constructor(failed: (error: unknown) => void) {
    super({ state: 'connecting', session: undefined, error: undefined, retryInMs: undefined }, failed);
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // The application need not look at it.
    this.ready.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** Makes another snapshot if anything has changed. */
  change(changes: Partial<ClientSnapshot>): void {
    const before = this.getSnapshot();
    const after = { ...before, ...changes };
    const { state, session, error, retryInMs } = after;
    if (before.state === state && before.session === session && before.error === error && before.retryInMs === retryInMs) return;
    this.set(after);
  }

  /** A connection is authenticated: the first one makes the client ready. */
  loggedIn(session: SessionInfo): void {
    this.#settleReady?.resolve(session);
    this.#settleReady = undefined;
  }

  ended(error: ProtocolError | undefined): void {
    this.#settleReady?.reject(error ?? new ProtocolError('CLOSED', 'the client has ended'));
    this.#settleReady = undefined;
    this.#resolveClosed(error);
    this.change({ state: 'closed', error, retryInMs: undefined });
  }
}
