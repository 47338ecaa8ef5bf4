// One client's connection, as the IM server sees it: Hello, then LOGIN, then everything else.
import {
  type Agreement,
  answerHello,
  Command,
  DEFAULT_MAX_FRAME_BYTES,
  encodeFrame,
  FLAG_IGNORABLE,
  type ForceLogoutInit,
  type Hello,
  isProtocolError,
  type LoginInfo,
  ProtocolError,
  SendCode,
  type SendInfo,
  type SendInfoInit,
} from '@im/protocol';
import { DEMO_FEATURES, FrameConnection, type Received } from '../net/frame-connection.js';
import type { Transport } from '../net/transport.js';
import type { Application } from '../platform/application.js';
import { isSameUser, type Session } from '../platform/session.js';
import type { Tokens } from '../platform/tokens.js';
import { answer } from './answer.js';
import { SERVER_VERSIONS } from './server-versions.js';
import { tellBadHello, tellError } from './tell-error.js';

/** What a connection needs of its server. */
export interface Host {
  readonly tokens: Tokens;
  readonly application: Application;
  /** The connection has a session now. */
  entered(connection: ServerConnection, session: Session): void;
  /** The connection ends; may be called twice. */
  left(connection: ServerConnection): void;
  /** For the server's log: why a request or a connection was refused. */
  onError(error: ProtocolError, session: Session | undefined): void;
}

export class ServerConnection {
  readonly #transport: Transport;
  readonly #frames: FrameConnection;
  readonly #host: Host;
  readonly #connectionId: string;
  #agreement: Agreement | undefined;
  #session: Session | undefined;
  #isClosing = false;

  constructor(transport: Transport, host: Host, connectionId: string) {
    this.#transport = transport;
    this.#frames = new FrameConnection(transport);
    this.#host = host;
    this.#connectionId = connectionId;
  }

  /** Undefined until LOGIN is accepted. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The version that was agreed on; undefined until then. */
  get version(): number | undefined {
    return this.#agreement?.version;
  }

  /** Handles all frames, one after the other, until the connection ends. */
  async serve(): Promise<void> {
    try {
      for await (const { frame } of this.#frames.frames()) {
        // "what follows a refused Hello is thrown away unread", and so is what follows any other reason to close.
        if (!this.#isClosing) await this.#take(frame);
      }
    } catch (error) {
      // The framing broke, or the connection did.
      this.#fail(isProtocolError(error) ? error : new ProtocolError('CLOSED', String(error), { cause: error }));
    }
    this.#host.left(this);
    this.#transport.close();
  }

  /** Writes a frame that was encoded for all receivers. */
  push(frame: Uint8Array): SendCode {
    if (this.#agreement === undefined) return SendCode.CHANNEL_NOT_FOUND;
    // "What is too large for a peer is not sent: SendResult TOO_LARGE."
    if (frame.length > this.#agreement.maxFrameBytes) return SendCode.TOO_LARGE;
    this.#frames.write(frame);
    return SendCode.SUCCESS;
  }

  /** Ends the session, because a second login of the same user and terminal takes over. */
  takeOver(notice: ForceLogoutInit): void {
    // "with the same non-empty device_id it closes the old connection with REPLACED, without FORCE_LOGOUT"
    if (notice.deviceId !== '' && notice.deviceId === this.#session?.deviceId) {
      this.#fail(new ProtocolError('REPLACED', 'the device has connected anew'));
      return;
    }
    this.#frames.send({ cmd: Command.FORCE_LOGOUT, data: { $case: 'forceLogout', value: notice } });
    this.#fail(new ProtocolError('FORCED_LOGOUT', notice.reason ?? ''));
  }

  async #take(frame: Received['frame']): Promise<void> {
    const request = frame.type === 'SendInfo' ? frame.message : undefined;
    try {
      if (frame.type === 'invalid') throw frame.error;
      if (frame.type === 'Hello') this.#greet(frame.message);
      else if (this.#agreement === undefined) throw new ProtocolError('MALFORMED_HELLO', `the first frame is a ${frame.type}`);
      else if (request === undefined) throw new ProtocolError('UNSUPPORTED_TYPE', `a client sends no ${frame.type}`);
      else await this.#handle(request);
    } catch (error) {
      const known = isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'the server failed', { cause: error });
      const isUnknown = known.code === 'UNSUPPORTED_TYPE' || known.code === 'UNSUPPORTED_COMMAND';
      // "a receiver that does not know the type or command drops the frame silently"
      if (!isUnknown || (frame.flags & FLAG_IGNORABLE) === 0) this.#fail(known, request);
    }
  }

  #greet(hello: Hello): void {
    if (this.#agreement !== undefined) throw new ProtocolError('MALFORMED_HELLO', 'a second Hello');
    const { welcome, agreement, reject, error } = answerHello(hello, {
      versions: SERVER_VERSIONS,
      features: DEMO_FEATURES,
      serverTimeMs: BigInt(Date.now()),
      connectionId: this.#connectionId,
    });
    if (reject !== undefined) {
      this.#frames.write(encodeFrame('Reject', reject));
      this.#close(error);
      return;
    }
    this.#frames.write(encodeFrame('Welcome', welcome));
    this.#frames.agree(agreement);
    this.#agreement = agreement;
  }

  async #handle(request: SendInfo): Promise<void> {
    const { cmd, data } = request;
    // "only LOGIN and HEARTBEAT, until it has accepted LOGIN"
    if (data?.$case === 'login') return this.#login(data.value, request);
    if (data?.$case === 'heartbeat') return this.#reply(request, { cmd, data });
    if (this.#session === undefined) throw new ProtocolError('LOGIN_REQUIRED', `command ${cmd} before LOGIN`);
    const reply = await answer(request, this.#session, this.#host.application);
    if (reply !== undefined) this.#reply(request, reply);
  }

  async #login(login: LoginInfo, request: SendInfo): Promise<void> {
    const user = await this.#host.tokens.verify(login.accessToken);
    // "0 = the token tells it; if both tell, they must agree"
    if (login.terminal !== 0 && login.terminal !== user.terminal) {
      throw new ProtocolError('UNAUTHENTICATED', 'the token is for another kind of terminal');
    }
    const before = this.#session;
    // "LOGIN again for the same user renews the token; for another user PERMISSION_DENIED and close."
    if (before !== undefined && !isSameUser(before.user, user)) {
      return this.#fail(new ProtocolError('PERMISSION_DENIED', 'another user is logged in'), request, true);
    }
    this.#session = { user, deviceId: login.deviceId };
    this.#reply(request, { cmd: Command.LOGIN, data: { $case: 'session', value: { ...user, sessionId: this.#connectionId } } });
    if (before !== undefined) return;
    // What the Welcome announced holds from now on.
    this.#frames.accept(DEFAULT_MAX_FRAME_BYTES);
    this.#host.entered(this, this.#session);
  }

  #reply({ sequence }: SendInfo, reply: SendInfoInit): void {
    if (sequence !== 0) this.#frames.send({ ...reply, replyTo: sequence });
  }

  /** Tells the peer, and closes where the error closes. "Before LOGIN every error closes." */
  #fail(error: ProtocolError, request?: SendInfo, closes = error.properties.closes || this.#session === undefined): void {
    if (this.#isClosing) return;
    if (this.#agreement === undefined) tellBadHello(error, this.#frames);
    else tellError(error, request, closes, this.#frames);
    if (closes) this.#close(error);
    else this.#host.onError(error, this.#session);
  }

  #close(error: ProtocolError): void {
    this.#isClosing = true;
    this.#host.onError(error, this.#session);
    this.#host.left(this);
    this.#transport.close(error.closeCode, error.code);
  }
}
