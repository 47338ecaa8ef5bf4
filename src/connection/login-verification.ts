// One LOGIN of a connection, from its event to the answer.
import type { ClientInfo } from '../../generated/im/protocol/v1/client_info.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import type { ServerLimitsInit, SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import { settle } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import type { ServerSession } from '../session/server-session.js';
import type { Driver } from './driver.js';
import { refusalOf } from './refusal.js';
import { type ObservedCall, OK, type Outcome, type ServerObserver } from './server-observer.js';

/**
 * The result of the handler `login`: the session of the user. `userId` and `terminal` are required; `tokenExpiresAtMs` is Unix time in
 * milliseconds, by default unknown: the session does not expire.
 */
export type LoginResult = SessionInfoInit & {
  /**
   * For the SessionEvents of the connection: a number that grows with each login of the user and terminal, from one counter for all servers, 1 to
   * 2^63 - 1. Default: the server's clock in milliseconds. Ignored for a renewed token.
   */
  readonly epoch?: bigint | undefined;
};

/** The connection of a LOGIN, which is its own `C`. */
export interface LoginOwner<C> {
  readonly driver: Driver<ServerSession>;
  readonly handlers: { login(login: LoginInfo, connection: C): LoginResult | Promise<LoginResult> };
  readonly hooks: { readonly observer?: ServerObserver<C> | undefined };
  readonly closedOutcome: Outcome;
  /** Those of the session, once the LOGIN is accepted. */
  limits: ServerLimitsInit | undefined;
  /** The LOGIN is answered. */
  verified(): void;
  /** The first LOGIN was accepted. */
  authenticated(client: ClientInfo | undefined, epoch: bigint | undefined): void;
  report(error: unknown, callback: string, command: number): void;
}

/** The verification of a LOGIN by the application. It exists until the LOGIN is answered, or too late for an answer. */
export class LoginVerification<C extends LoginOwner<C>> {
  readonly #connection: C;
  readonly #sequence: number;
  readonly #login: LoginInfo;
  readonly #call: ObservedCall | undefined;
  /** The answer would be late: the connection has ended, or the LOGIN is overdue. */
  #isOver = false;

  constructor(connection: C, sequence: number, login: LoginInfo) {
    this.#connection = connection;
    this.#sequence = sequence;
    this.#login = login;
    this.#call = connection.hooks.observer?.loginBegins(connection, connection.driver.session.isLoggedIn);
  }

  start(): void {
    const { driver } = this.#connection;
    const call = this.#call;
    settle(
      () => (call === undefined ? this.#verify() : call.run(() => this.#verify())),
      (info) => {
        if (this.#finish()) this.#accept(info);
        driver.settle();
      },
      (error) => {
        if (this.#finish()) this.#refuse(error);
        else if (refusalOf(error) === undefined) this.#connection.report(error, 'login', Command.LOGIN);
        driver.settle();
      },
    );
  }

  /** The LOGIN was not answered in time. */
  expire(): void {
    this.#isOver = true;
    this.#end(this.#isRenewal, { code: this.#failedCode });
    this.#connection.report(new ProtocolError('TIMEOUT', 'login has not answered in time'), 'login', Command.LOGIN);
  }

  /** The connection has ended. */
  close(): void {
    this.#isOver = true;
    this.#end(this.#isRenewal, this.#connection.closedOutcome);
  }

  #verify(): LoginResult | Promise<LoginResult> {
    return this.#connection.handlers.login(this.#login, this.#connection);
  }

  /** Returns false if the answer is late. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#connection.verified();
    return true;
  }

  #accept(result: LoginResult): void {
    const { driver } = this.#connection;
    const { session } = driver;
    const isRenewal = session.isLoggedIn;
    let epoch: bigint | undefined;
    let outcome = OK;
    try {
      epoch = requireEpoch(result.epoch);
      session.acceptLogin(this.#sequence, withoutEpoch(result), driver.nowMs);
      this.#connection.limits = result.limits;
    } catch (error) {
      // The handler returned an invalid session.
      outcome = this.#fail(error);
    }
    // The session has refused the user of the token.
    if (outcome === OK && session.state === 'closed') outcome = this.#connection.closedOutcome;
    this.#end(isRenewal, outcome);
    if (!isRenewal && session.isLoggedIn && session.state !== 'closed') this.#connection.authenticated(this.#login.client, epoch);
  }

  #refuse(thrown: unknown): void {
    const { session, nowMs } = this.#connection.driver;
    const isRenewal = session.isLoggedIn;
    const refusal = refusalOf(thrown);
    if (refusal !== undefined) session.refuse(this.#sequence, refusal, nowMs);
    this.#end(isRenewal, refusal === undefined ? this.#fail(thrown) : { code: refusal.code, thrown });
  }

  /** The client cannot be verified now: it reconnects later, or stays if it renews its token. */
  #fail(cause: unknown): Outcome {
    const { session, nowMs } = this.#connection.driver;
    this.#connection.report(cause, 'login', Command.LOGIN);
    const code = this.#failedCode;
    session.refuse(this.#sequence, new ProtocolError(code, 'LOGIN cannot be verified now', { cause }), nowMs);
    return { code, thrown: cause };
  }

  get #isRenewal(): boolean {
    return this.#connection.driver.session.isLoggedIn;
  }

  get #failedCode(): 'INTERNAL' | 'OVERLOADED' {
    return this.#isRenewal ? 'INTERNAL' : 'OVERLOADED';
  }

  #end(isRenewal: boolean, outcome: Outcome): void {
    this.#connection.hooks.observer?.loginEnded(this.#connection, isRenewal, outcome, this.#call);
  }
}

const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/** @throws TypeError for what a SessionEvent cannot carry. */
function requireEpoch(epoch: bigint | undefined): bigint | undefined {
  if (epoch === undefined || (typeof epoch === 'bigint' && epoch >= 1n && epoch <= MAX_INT64)) return epoch;
  throw new TypeError(`epoch: expected a bigint from 1 to ${MAX_INT64}, got ${typeof epoch} ${epoch}`);
}

/** The session as the encoder accepts it. */
function withoutEpoch(result: LoginResult): SessionInfoInit {
  if (!('epoch' in result)) return result;
  const { epoch: _epoch, ...session } = result;
  return session;
}
