// Decides which clients of a server become connections, before anything of the protocol is read.
import { errorReporter, settle } from '../callbacks.js';
import { refusalOf } from '../connection/refusal.js';
import { ProtocolError } from '../errors.js';
import { AddressCounts } from './address-counts.js';
import { startDeadline } from './deadline.js';
import type { AcceptRequest, ListenOptions } from './listen-options.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** Called once. @param refusal undefined = the client is accepted, and the server calls `release` when its connection has ended. */
export type Decided = (refusal: ProtocolError | undefined, release: () => void) => void;

/** Maximum number of clients that wait for an answer of `accept`. */
const WAITING_CLIENTS = 1024;
/** When a client that is refused for now may come back, in milliseconds. */
export const RETRY_AFTER_MS = 1000;

export class Admission {
  readonly #accept: ListenOptions['accept'];
  readonly #report;
  readonly #timeoutMs: number;
  readonly #counts: AddressCounts | undefined;
  readonly #proxies: TrustedProxies | undefined;
  /** How to refuse each client that waits for an answer of `accept`. */
  readonly #waiting = new Set<(refusal: ProtocolError) => void>();

  constructor(
    { accept, maxConnectionsPerAddress, onError }: ListenOptions,
    timeoutMs: number,
    proxies: TrustedProxies | undefined,
  ) {
    this.#accept = accept;
    this.#report = errorReporter(onError);
    this.#timeoutMs = timeoutMs;
    this.#proxies = proxies;
    if (maxConnectionsPerAddress !== undefined) this.#counts = new AddressCounts(maxConnectionsPerAddress);
  }

  /** Decides about a client: at once, unless `accept` returns a promise. */
  decide(request: AcceptRequest, decided: Decided): void {
    const { remoteAddress } = request;
    // A proxy that does not name its client stands for many.
    const place = this.#proxies?.has(remoteAddress) ? undefined : this.#counts?.take(remoteAddress);
    if (place === 'full') decided(this.#counts!.refusal(remoteAddress), nothing);
    else if (this.#accept === undefined) decided(undefined, place ?? nothing);
    else this.#ask(this.#accept, request, decided, place ?? nothing);
  }

  /** Refuses the clients that wait. */
  close(): void {
    for (const refuse of [...this.#waiting]) refuse(new ProtocolError('OVERLOADED', 'the server is going to close'));
  }

  #ask(accept: NonNullable<ListenOptions['accept']>, request: AcceptRequest, decided: Decided, release: () => void): void {
    const { size } = this.#waiting;
    if (size >= WAITING_CLIENTS) {
      release();
      decided(tooManyWait(size), () => {});
      return;
    }
    let isDecided = false;
    let cancel = (): void => {};
    const decide = (refusal: ProtocolError | undefined): void => {
      isDecided = true;
      this.#waiting.delete(decide);
      cancel();
      if (refusal !== undefined) release();
      decided(refusal, refusal === undefined ? release : () => {});
    };
    this.#waiting.add(decide);
    const fail = (cause: unknown): void => {
      this.#report(cause, { callback: 'accept' });
      if (!isDecided) decide(notNow(cause));
    };
    settle(
      () => accept(request),
      (answer) => {
        if (!isDecided)
          decide(answer === false ? new ProtocolError('PERMISSION_DENIED', 'the server does not accept the client') : undefined);
      },
      (thrown) => {
        const refusal = refusalOf(thrown);
        if (refusal === undefined) fail(thrown);
        else if (!isDecided) decide(refusal);
      },
    );
    if (isDecided) return;
    cancel = startDeadline(() => fail(new ProtocolError('TIMEOUT', 'accept has not answered in time')), this.#timeoutMs);
  }
}

/** Nothing is to be released. */
function nothing(): void {}

function tooManyWait(actual: number): ProtocolError {
  const details = { limit: WAITING_CLIENTS, actual: actual + 1, retryAfterMs: RETRY_AFTER_MS };
  return new ProtocolError('OVERLOADED', `${actual} clients wait to be accepted, limit ${WAITING_CLIENTS}`, details);
}

function notNow(cause: unknown): ProtocolError {
  return new ProtocolError('OVERLOADED', 'the client cannot be accepted now', { cause, retryAfterMs: RETRY_AFTER_MS });
}
