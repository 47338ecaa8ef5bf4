import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import { settle } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';

/** Calls the `login` function of an application, with a timeout. */
export class LoginCaller {
  readonly #platform: Platform;
  readonly #timeoutMs: number;
  #timer: unknown;

  /** @param timeoutMs of each call, in milliseconds. */
  constructor(platform: Platform, timeoutMs: number) {
    this.#platform = platform;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Calls `login`. The previous call has no timeout any more.
   * @throws (as a rejection) what `login` throws; ProtocolError TIMEOUT; TypeError if it returns nothing.
   */
  ask(login: () => LoginInfoInit | PromiseLike<LoginInfoInit>): Promise<LoginInfoInit> {
    this.cancel();
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new ProtocolError('TIMEOUT', `login has not answered within ${this.#timeoutMs} ms`));
      // The answer may be there already, and not be read yet.
      const timer = this.#platform.setTimer(() => this.#platform.turn(late), Math.min(this.#timeoutMs, LONGEST_TIMER_MS));
      this.#timer = timer;
      const done = (): void => {
        if (this.#timer === timer) this.cancel();
      };
      settle(
        login,
        (info) => {
          done();
          if (info == null) reject(new TypeError('login returned nothing'));
          else resolve(info);
        },
        (error) => {
          done();
          reject(error);
        },
      );
    });
  }

  /** Stops the timeout: the answer is not needed any more, and the promise may stay open. */
  cancel(): void {
    if (this.#timer !== undefined) this.#platform.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
