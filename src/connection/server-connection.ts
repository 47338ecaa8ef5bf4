import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/init/im/protocol/v1/force_logout.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SessionInfoInit } from '../../generated/init/im/protocol/v1/session_info.js';
import type { LoginInfo } from '../../generated/types/im/protocol/v1/login_info.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { SERVER_WAITING_BYTES, SERVER_WAITING_MESSAGES } from '../limits.js';
import type { RegisteredConnection } from '../session/connection-registry.js';
import type { LoggedIn, ServerSession } from '../session/server-session.js';
import type { SessionEvent, SessionState } from '../session/session-event.js';
import { Backlog, type MessageEvent } from './backlog.js';
import { Driver, type Trace } from './driver.js';
import { Replies } from './replies.js';
import type { Runtime } from './runtime.js';
import { surface } from './surface.js';
import { withCause } from './with-cause.js';

/** What a server does with what its clients send. A handler may return at once or a promise. */
export interface ServerHandlers {
  /**
   * A client wants to log in, or to renew its token. Returns who it is, as the token says.
   * @throws ProtocolError to refuse it: UNAUTHENTICATED for a bad token; OVERLOADED where it cannot be verified now, and the client shall
   * come back. Any other error is an INTERNAL to the client.
   */
  login(login: LoginInfo, connection: ServerConnection): SessionInfoInit | Promise<SessionInfoInit>;
  /**
   * A client that is logged in sent a message: PRIVATE_MESSAGE, GROUP_MESSAGE or a command of the application. The messages of one
   * connection are handed over one after the other, each when the one before is done; those that wait when the connection ends are
   * dropped. If `message.sequence` is not 0, what is returned is the reply; `undefined` then is UNSUPPORTED_COMMAND.
   * @throws ProtocolError to refuse it. Any other error is an INTERNAL to the client.
   */
  message(message: SendInfo, connection: ServerConnection): SendInfoInit | undefined | Promise<SendInfoInit | undefined>;
  /** The connection has logged in. */
  onLogin?(connection: ServerConnection): void;
  /**
   * The connection has ended. It is called once for every connection, also for one that never logged in: `connection.user` is undefined then,
   * and `onLogin` was not called.
   * @param error why; undefined = one side closed it without an error. On WebSocket the client closed with 1000, 1001 or no code; on TCP it
   * ended the stream between two frames.
   */
  onClose?(connection: ServerConnection, error: ProtocolError | undefined): void;
  /** Something was refused or dropped, and the connection is kept: for a log. `cause` of an INTERNAL is what a handler threw. */
  onNotice?(connection: ServerConnection, error: ProtocolError): void;
}

/** How a client came. */
export interface Origin {
  readonly id: string;
  readonly transport: 'tcp' | 'websocket';
  readonly remoteAddress: string;
}

/** One client of a server. */
export class ServerConnection implements RegisteredConnection {
  /** Identifies the connection in the logs of both sides. */
  readonly id: string;
  readonly transport: 'tcp' | 'websocket';
  /** The address of the peer, `''` where it is unknown. */
  readonly remoteAddress: string;
  /** @internal */
  readonly driver: Driver<ServerSession>;
  readonly #handlers: ServerHandlers;
  readonly #onEnd: (connection: ServerConnection) => void;
  readonly #onUser: (connection: ServerConnection) => void;
  #replies: Replies | undefined;
  #backlog: Backlog | undefined;
  #isBusy = false;

  /** @internal */
  constructor(
    { id, transport, remoteAddress }: Origin,
    session: ServerSession,
    runtime: Runtime,
    handlers: ServerHandlers,
    hooks: { onUser(connection: ServerConnection): void; onEnd(connection: ServerConnection): void },
    trace?: Trace,
  ) {
    this.id = id;
    this.transport = transport;
    this.remoteAddress = remoteAddress;
    this.#handlers = handlers;
    this.#onUser = hooks.onUser;
    this.#onEnd = hooks.onEnd;
    this.driver = new Driver(session, runtime, (event) => this.#take(event), trace);
  }

  get state(): SessionState {
    return this.driver.session.state;
  }

  /** Who is logged in; undefined until then. */
  get user(): LoggedIn | undefined {
    return this.driver.session.user;
  }

  /** The version that was agreed on; undefined until then. */
  get version(): number | undefined {
    return this.driver.session.agreement?.version;
  }

  /** Bytes that wait to be written. */
  get bufferedBytes(): number {
    return this.driver.session.queuedBytes + (this.driver.link?.bufferedBytes ?? 0);
  }

  /** Sends a message that wants no reply. @throws ProtocolError as `Session.push` does. */
  push(message: SendInfoInit): void {
    this.driver.session.push(message, this.driver.nowMs);
    this.driver.settle();
  }

  /** Sends a frame that was encoded for many: see `SharedFrame`. */
  pushFrame(frame: Uint8Array): SendCode {
    const code = this.driver.session.pushFrame(frame, this.driver.nowMs);
    if (code === SendCode.SUCCESS) this.driver.settlePushed();
    else this.driver.settle();
    return code;
  }

  /**
   * Sends a message that wants a reply: a push whose receipt is confirmed by SEND_RESULT, or a command of the application.
   * @param timeoutMs default: that of the server.
   * @returns the reply. @throws ProtocolError what the client answers; TIMEOUT; CLOSED or why the connection closed; as `Session.request`.
   */
  request(message: SendInfoInit, timeoutMs?: number): Promise<SendInfo> {
    return new Promise((resolve, reject) => {
      const sequence = this.driver.session.request(message, this.driver.nowMs, timeoutMs);
      this.#replies ??= new Replies();
      this.#replies.add(sequence, resolve, reject);
      this.driver.settle();
    });
  }

  /** Ends the session because a newer connection takes its place: see `ServerSession.takeOver`. */
  takeOver(notice: ForceLogoutInit): void {
    this.driver.session.takeOver(notice, this.driver.nowMs);
    this.driver.settle();
  }

  /** Announces the end: see `ServerSession.drain`. */
  drain(drain: DrainInfoInit): void {
    this.driver.session.drain(drain, this.driver.nowMs);
    this.driver.settle();
  }

  /** Closes the connection; with an error the client is told why. */
  close(error?: ProtocolError): void {
    this.driver.session.close(this.driver.nowMs, error);
    this.driver.settle();
  }

  #take(event: SessionEvent): void {
    switch (event.type) {
      case 'login':
        void this.#login(event.sequence, event.login);
        break;
      case 'message':
        this.#receive(event);
        break;
      case 'reply':
      case 'failed':
        this.#replies?.take(event);
        break;
      case 'notice':
        this.#note(event.error);
        break;
      case 'closed':
        this.#backlog = undefined;
        this.#onEnd(this);
        this.#handlers.onClose?.(this, this.#endError(event.error));
    }
  }

  /** Why the connection has ended; undefined = one side closed it, and there is nothing wrong. */
  #endError(error: ProtocolError | undefined): ProtocolError | undefined {
    if (error === undefined || (error.code === 'CLOSED' && this.driver.isEndedCleanly)) return undefined;
    return withCause(error, this.driver.cause);
  }

  async #login(sequence: number, login: LoginInfo): Promise<void> {
    const { session } = this.driver;
    let info: SessionInfoInit;
    try {
      info = await this.#handlers.login(login, this);
    } catch (error) {
      this.#refuse(sequence, error);
      this.driver.settle();
      return;
    }
    const wasLoggedIn = session.isLoggedIn;
    try {
      session.acceptLogin(sequence, info, this.driver.nowMs);
    } catch (error) {
      // Who it should be breaks a rule: that is the server's fault, not the client's.
      this.#refuse(sequence, failure(error));
    }
    if (!wasLoggedIn && session.isLoggedIn && session.state !== 'closed') this.#loggedIn();
    this.driver.settle();
  }

  #loggedIn(): void {
    this.#onUser(this);
    try {
      this.#handlers.onLogin?.(this);
    } catch (error) {
      surface(error);
    }
  }

  #receive(arrival: MessageEvent): void {
    if (!this.#isBusy) {
      this.#handle(arrival.message);
      return;
    }
    this.#backlog ??= new Backlog();
    this.#backlog.add(arrival);
    if (this.#backlog.length >= SERVER_WAITING_MESSAGES || this.#backlog.bytes >= SERVER_WAITING_BYTES) this.driver.pause();
  }

  /** Hands a message over; those that come meanwhile wait. */
  #handle(message: SendInfo): void {
    try {
      const reply = this.#handlers.message(message, this);
      if (!isPromise(reply)) {
        this.#answer(message, reply);
        return;
      }
      this.#isBusy = true;
      reply.then(
        (value) => this.#done(() => this.#answer(message, value)),
        (error) => this.#done(() => this.#refuse(message.sequence, error)),
      );
    } catch (error) {
      this.#refuse(message.sequence, error);
    }
  }

  #done(answer: () => void): void {
    answer();
    this.#isBusy = false;
    while (!this.#isBusy && this.#backlog !== undefined && this.#backlog.length > 0) this.#handle(this.#backlog.take()!.message);
    if (this.#backlog?.length === 0) this.#backlog = undefined;
    if (this.#backlog === undefined) this.driver.resume();
    this.driver.settle();
  }

  #answer({ sequence, cmd }: SendInfo, reply: SendInfoInit | undefined): void {
    if (sequence === 0) return;
    const { session, nowMs } = this.driver;
    if (reply === undefined) {
      this.#refuse(sequence, new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`));
      return;
    }
    try {
      session.reply(sequence, reply, nowMs);
    } catch (error) {
      // A reply that breaks a rule, or is too large for the client: that is the server's fault, not the client's.
      this.#refuse(sequence, failure(error));
    }
  }

  /** Tells the client of an error of a handler; the log learns the rest, from a notice of the session. */
  #refuse(sequence: number, error: unknown): void {
    const told = isProtocolError(error) ? error : failure(error);
    const { session, nowMs } = this.driver;
    if (sequence !== 0 && session.state !== 'closed') session.refuse(sequence, told, nowMs);
    else this.#note(told);
  }

  #note(error: ProtocolError): void {
    try {
      this.#handlers.onNotice?.(this, error);
    } catch (thrown) {
      surface(thrown);
    }
  }
}

function failure(cause: unknown): ProtocolError {
  return new ProtocolError('INTERNAL', 'the server failed', { cause });
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}
