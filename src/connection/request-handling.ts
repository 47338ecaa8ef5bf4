// The messages of a client, handled by the application one after the other, and LOGOUT after them.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerLimitsInit } from '../../generated/im/protocol/v1/session_info.js';
import { settle } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { conversationRefOf } from '../codec/conversation-ref.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import {
  CLIENT_MAX_WAITING_BYTES,
  CLIENT_MAX_WAITING_MESSAGES,
  SERVER_WAITING_BYTES,
  SERVER_WAITING_MESSAGES,
  SILENT_HALF_INTERVALS,
} from '../limits.js';
import { notAMember } from '../session/connection-limits.js';
import type { LoggedIn, ServerSession } from '../session/server-session.js';
import type { SessionState } from '../session/session-event.js';
import { AnswerWatch } from './answer-watch.js';
import { Backlog, type MessageEvent } from './backlog.js';
import type { Driver } from './driver.js';
import type { Platform } from './platform.js';
import { refusalOf } from './refusal.js';
import { type ObservedCall, OK, type Outcome, type OutcomeCode, type ServerObserver } from './server-observer.js';

/** Whether a user is in a conversation, or the number of its members: 0 = the user is not in it. */
export type Membership = boolean | number;

/** The connection of the messages, which is its own `C`. */
export interface RequestOwner<C> {
  readonly driver: Driver<ServerSession>;
  readonly handlers: {
    message(message: SendInfo, connection: C): Answer | Promise<Answer>;
    member?(conversation: ConversationRef, user: LoggedIn, connection: C): Membership | Promise<Membership>;
    onLogout?(connection: C): unknown;
  };
  readonly hooks: { readonly observer?: ServerObserver<C> | undefined };
  readonly state: SessionState;
  readonly user: LoggedIn | undefined;
  readonly limits: ServerLimitsInit | undefined;
  readonly closedOutcome: Outcome;
  /** Requests of this side wait for their replies. */
  readonly isAwaitingReply: boolean;
  close(error: ProtocolError): void;
  notify(error: ProtocolError): void;
  report(error: unknown, callback: string, command: number): void;
}

/** Created with the first message: an idle connection has none. */
export class RequestHandling<C extends RequestOwner<C>> {
  readonly #connection: C;
  readonly #platform: Platform;
  #backlog: Backlog | undefined;
  #isBusy = false;
  /** The command of the message that is being handled. */
  #handledCommand = 0;
  /** Reports a slow `message` handler. */
  #watch: AnswerWatch | undefined;
  /** The backlog is being handled. */
  #isDrainingBacklog = false;
  /** The LOGOUT to answer after the messages before it. */
  #logout: number | undefined;
  /** `onLogout` was called. */
  isLoggingOut = false;

  constructor(connection: C, platform: Platform) {
    this.#connection = connection;
    this.#platform = platform;
  }

  logOut(sequence: number): void {
    this.#logout = sequence;
    this.#logOutIfIdle();
  }

  /** The connection has ended: messages that wait are dropped. */
  close(): void {
    this.#backlog = undefined;
    this.#logout = undefined;
    this.#watch?.close();
  }

  receive(arrival: MessageEvent): void {
    if (!this.#isBusy) {
      this.#handle(arrival.message);
      return;
    }
    this.#backlog ??= new Backlog();
    this.#backlog.add(arrival);
    const { length, bytes } = this.#backlog;
    // The handler may wait for a reply, which may come after these messages: allow more.
    const { isAwaitingReply } = this.#connection;
    const maxLength = isAwaitingReply ? CLIENT_MAX_WAITING_MESSAGES : SERVER_WAITING_MESSAGES;
    const maxBytes = isAwaitingReply ? CLIENT_MAX_WAITING_BYTES : SERVER_WAITING_BYTES;
    if (length >= maxLength || bytes >= maxBytes) this.#connection.driver.pause();
  }

  /** Calls the handler. Messages that arrive meanwhile wait in the backlog. */
  #handle(message: SendInfo): void {
    this.#isBusy = true;
    const call = this.#connection.hooks.observer?.requestBegins(this.#connection, message);
    settle(
      () => (call === undefined ? this.#answerOf(message) : call.run(() => this.#answerOf(message))),
      (reply) => this.#done(message, this.#answer(message, reply), call),
      (thrown) => this.#done(message, { code: this.#refuse(message, thrown), thrown }, call),
    );
    if (this.#isBusy) this.#watchAnswer(message.cmd);
  }

  /** The handler of a command has not answered yet. */
  #watchAnswer(cmd: number): void {
    if (this.#connection.state === 'closed') return;
    this.#watch ??= this.#createWatch();
    this.#watch.begin();
    this.#handledCommand = cmd;
  }

  /** "Before anything else the server asks the application whether the user is in the pair or a member" */
  #answerOf(message: SendInfo): Answer | Promise<Answer> {
    const { member } = this.#connection.handlers;
    const ref = member && message.cmd !== Command.ROOM ? conversationRefOf(message.data) : undefined;
    // The session knows the rooms of the connection.
    if (ref === undefined || ref.kind?.$case === 'roomId') return this.#connection.handlers.message(message, this.#connection);
    const membership = this.#connection.handlers.member!(ref as ConversationRef, this.#connection.user!, this.#connection);
    const go = (found: Membership): Answer | Promise<Answer> => {
      if (!isMember(found)) throw notAMember();
      // The connection may have ended meanwhile: its messages are dropped.
      if (this.#connection.state === 'closed' || this.#isTooLargeForTyping(message, found)) return undefined;
      return this.#connection.handlers.message(message, this.#connection);
    };
    return isPromise(membership) ? Promise.resolve(membership).then(go) : go(membership);
  }

  /** "none above typing_group_size: the rest is dropped without an error" */
  #isTooLargeForTyping({ cmd }: SendInfo, members: Membership): boolean {
    const { typingGroupSize = 0 } = this.#connection.limits ?? {};
    return cmd === Command.TYPING && typingGroupSize > 0 && typeof members === 'number' && members > typingGroupSize;
  }

  #logOutIfIdle(): void {
    if (this.#logout === undefined || this.isLoggingOut || this.#isBusy || this.#backlog !== undefined) return;
    this.isLoggingOut = true;
    settle(
      () => this.#connection.handlers.onLogout?.(this.#connection),
      () => this.#answerLogout(),
      (error) => {
        this.#connection.report(error, 'onLogout', Command.LOGOUT);
        this.#answerLogout();
      },
    );
    this.#watchAnswer(Command.LOGOUT);
  }

  #answerLogout(): void {
    if (this.#logout === undefined) return;
    this.#connection.driver.session.acceptLogout(this.#logout, this.#connection.driver.nowMs);
    this.#connection.driver.settle();
  }

  /** The limit is the idle timeout: a handler should not take longer. LOGOUT is answered without its handler then. */
  #createWatch(): AnswerWatch {
    const { heartbeatIntervalMs } = this.#connection.driver.session.agreement!;
    return new AnswerWatch(this.#platform, (heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS, (lastedMs) => {
      const isLogout = this.#handledCommand === Command.LOGOUT;
      const callback = isLogout ? 'onLogout' : 'message';
      const error = new ProtocolError('TIMEOUT', `${callback} has not answered for ${lastedMs} ms`);
      this.#connection.report(error, callback, this.#handledCommand);
      if (isLogout) this.#answerLogout();
      // While reading is paused, nothing would notice that the client has gone.
      if (this.#connection.driver.session.isPaused)
        this.#connection.close(new ProtocolError('OVERLOADED', 'earlier messages are not handled yet'));
    });
  }

  /** A message was answered. */
  #done(message: SendInfo, outcome: Outcome, call: ObservedCall | undefined): void {
    this.#connection.hooks.observer?.requestEnded(this.#connection, message, outcome, call);
    this.#isBusy = false;
    this.#watch?.end();
    if (this.#isDrainingBacklog) return;
    this.#isDrainingBacklog = true;
    while (!this.#isBusy && this.#backlog !== undefined && this.#backlog.length > 0) this.#handle(this.#backlog.take()!.message);
    this.#isDrainingBacklog = false;
    if (this.#backlog?.length === 0) this.#backlog = undefined;
    if (this.#backlog === undefined) this.#connection.driver.resume();
    this.#connection.driver.settle();
    this.#logOutIfIdle();
  }

  #answer(message: SendInfo, reply: SendInfoInit | undefined): Outcome {
    const { sequence, cmd } = message;
    if (sequence === 0) return OK;
    if (this.#connection.state === 'closed') return this.#connection.closedOutcome;
    if (reply === undefined) {
      const code = this.#refuse(message, new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`));
      return { code };
    }
    try {
      this.#connection.driver.session.reply(sequence, reply, this.#connection.driver.nowMs);
      return OK;
    } catch (thrown) {
      // The handler returned an invalid reply, or one that is too large for the client.
      return { code: this.#fail(message, thrown), thrown };
    }
  }

  /** Sends an error of a handler to the client. Only a ProtocolError is shown to it. Returns the code that the client gets. */
  #refuse(message: SendInfo, thrown: unknown): OutcomeCode {
    const refusal = refusalOf(thrown);
    return refusal === undefined ? this.#fail(message, thrown) : this.#sendError(message, refusal);
  }

  #fail(message: SendInfo, cause: unknown): OutcomeCode {
    // The connection has ended, and the handler says so: no failure.
    if (this.#connection.state === 'closed' && isProtocolError(cause, 'CLOSED')) return cause.code;
    this.#connection.report(cause, 'message', message.cmd);
    return this.#sendError(message, new ProtocolError('INTERNAL', 'the server failed', { cause }));
  }

  #sendError({ sequence }: SendInfo, error: ProtocolError): OutcomeCode {
    const { session, nowMs } = this.#connection.driver;
    if (sequence !== 0 && session.state !== 'closed') session.refuse(sequence, error, nowMs);
    else this.#connection.notify(error);
    return error.code;
  }
}

/** @throws TypeError for what is no Membership: a mistake of the application must not let anybody in. */
function isMember(found: unknown): boolean {
  if (typeof found === 'boolean') return found;
  if (typeof found === 'number' && found >= 0) return found > 0;
  throw new TypeError(`member: expected a boolean or a number of members, got ${typeof found}`);
}

type Answer = SendInfoInit | undefined;

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null)?.then === 'function';
}
