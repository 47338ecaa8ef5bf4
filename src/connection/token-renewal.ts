import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import { TOKEN_RENEWAL_LEAD_MS } from '../limits.js';
import { LoginCaller } from './login-caller.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';

/** Shortest time to the next attempt, in milliseconds. With less left, the token expires, and the client reconnects with another one. */
const SHORTEST_WAIT_MS = 1000;

/** What a TokenRenewal needs of its client. */
export interface RenewalOwner {
  /** Asks the application for a token. */
  login(): LoginInfoInit | PromiseLike<LoginInfoInit>;
  /** Timeout for `login`, in milliseconds. */
  readonly loginTimeoutMs: number;
  /** Whether there is a connection on which the token can be renewed. The next one asks for a token anyway. */
  isConnected(): boolean;
  /** Sends LOGIN, and calls `schedule` when it is accepted. */
  renew(login: LoginInfoInit): Promise<unknown>;
  failed(error: unknown): void;
}

/**
 * Renews a token before it expires: "a client renews a token TOKEN_RENEWAL_LEAD_MS before its expiry". If that fails, or the application has
 * no other token yet, it tries again after half of the time that is left.
 */
export class TokenRenewal {
  readonly #platform: Platform;
  readonly #owner: RenewalOwner;
  readonly #loginCaller: LoginCaller;
  #token = '';
  #expiresAtMs = 0;
  #timer: unknown;
  /** Grows with each token: the outcome of an attempt for an earlier token is ignored. */
  #round = 0;

  constructor(platform: Platform, owner: RenewalOwner) {
    this.#platform = platform;
    this.#owner = owner;
    this.#loginCaller = new LoginCaller(platform, owner.loginTimeoutMs);
  }

  /**
   * A token was accepted.
   * @param expiresAtMs on the clock of the platform; undefined = unknown.
   */
  schedule(token: string, expiresAtMs: number | undefined): void {
    this.stop();
    if (expiresAtMs === undefined) return;
    this.#token = token;
    this.#expiresAtMs = expiresAtMs;
    const leftMs = expiresAtMs - this.#platform.nowMs();
    // Tokens that expire at once must not make a loop: the server closes the connection, and the backoff applies.
    if (leftMs >= SHORTEST_WAIT_MS) this.#wait(leftMs - Math.min(TOKEN_RENEWAL_LEAD_MS, leftMs / 10));
  }

  /** The client has ended. */
  stop(): void {
    this.#round += 1;
    this.#loginCaller.cancel();
    if (this.#timer !== undefined) this.#platform.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    const waitMs = Math.max(0, Math.ceil(ms));
    this.#timer = this.#platform.setTimer(
      () => (waitMs > LONGEST_TIMER_MS ? this.#wait(waitMs - LONGEST_TIMER_MS) : void this.#renew()),
      Math.min(waitMs, LONGEST_TIMER_MS),
    );
  }

  async #renew(): Promise<void> {
    const round = this.#round;
    this.#timer = undefined;
    if (!this.#owner.isConnected()) return;
    try {
      const login = await this.#loginCaller.ask(() => this.#owner.login());
      if (round === this.#round && login.accessToken !== this.#token && this.#owner.isConnected()) await this.#owner.renew(login);
    } catch (error) {
      if (round === this.#round) this.#owner.failed(error);
    }
    if (round !== this.#round) return;
    const leftMs = this.#expiresAtMs - this.#platform.nowMs();
    if (leftMs / 2 >= SHORTEST_WAIT_MS) this.#wait(leftMs / 2);
  }
}
