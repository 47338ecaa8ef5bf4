import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { run } from '../callbacks.js';
import type { ProtocolError } from '../errors.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import type { ClientOptions } from './client-options.js';
import type { OutboxLink } from './outbox-part.js';
import type { Platform } from './platform.js';

/** What the parts need of their client. */
export interface PartsOwner extends Omit<OutboxLink, 'platform'> {
  /** A callback of the application failed, or the library itself: then `callback` is undefined. */
  failed(error: unknown, callback: string | undefined): void;
}

/** The parts that join a client by its options: `sync` and `outbox`. */
export class ClientParts {
  readonly #platform: Platform;
  readonly #options: ClientOptions;
  readonly #owner: PartsOwner;

  constructor(platform: Platform, options: ClientOptions, owner: PartsOwner) {
    this.#platform = platform;
    this.#options = options;
    this.#owner = owner;
  }

  /** @throws TypeError if a part belongs to another client. */
  attach(): void {
    const { sync, outbox } = this.#options;
    const [platform, owner] = [this.#platform, this.#owner];
    outbox?.attach({ platform, ...owner });
    try {
      sync?.attach({
        nowMs: () => platform.nowMs(),
        setTimer: (callback, ms) => platform.setTimer(callback, ms),
        clearTimer: (timer) => platform.clearTimer(timer),
        request: owner.request,
        notice: owner.notice,
        call: (callback, call) => run(call, (error) => owner.failed(error, callback)),
      });
    } catch (error) {
      outbox?.ended();
      throw error;
    }
  }

  /** @param isDraining the server has sent DRAIN already. */
  loggedIn(session: SessionInfo, agreement: Agreement | undefined, isDraining: boolean): void {
    const { sync, outbox } = this.#options;
    if (agreement !== undefined) sync?.loggedIn(session.userId, agreement);
    if (!isDraining) outbox?.loggedIn(session.userId);
  }

  /** The server drains: messages of the outbox wait for the next login, which may be that of another user. */
  draining(): void {
    this.#options.outbox?.lost();
  }

  lost(): void {
    this.#options.sync?.lost();
    this.#options.outbox?.lost();
  }

  ended(error: ProtocolError | undefined): void {
    this.#options.sync?.ended(error);
    this.#options.outbox?.ended();
  }
}
