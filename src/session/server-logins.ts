// LOGIN on a server: one is verified at a time, and the token of the session expires unless another LOGIN renews it.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { SessionInfoTable } from '../../generated/im/protocol/v1/session_info.codec.js';
import type { SessionInfo, SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import { ProtocolError } from '../errors.js';
import { acceptedFrameBytes } from '../negotiate/check-welcome.js';
import { createMessage } from '../wire/create-message.js';
import { sendRefusal, sendReply } from './outgoing.js';
import type { SessionCore } from './session-core.js';
import type { LoggedIn } from './session-options.js';

export class ServerLogins {
  /** When the token of the session expires. Undefined, not Infinity, for never: V8 allocates memory for a number that is no small integer. */
  #tokenExpiresAtMs: number | undefined;
  /** As `#tokenExpiresAtMs`, but undefined while a renewal is verified. */
  #tokenDeadlineMs: number | undefined;
  /** The authenticated user. */
  user: LoggedIn | undefined;
  readonly timeoutMs: number;
  readonly #core: SessionCore;
  /** The LOGIN that is being verified: at most one. */
  #login: LoginInfo | undefined;
  /** Its sequence; 0 = none. */
  #sequence = 0;

  constructor(core: SessionCore, timeoutMs: number) {
    this.#core = core;
    this.timeoutMs = timeoutMs;
  }

  /** When the connection closes with TOKEN_EXPIRED; Infinity: never. */
  get tokenDeadlineMs(): number {
    return this.#tokenDeadlineMs ?? Number.POSITIVE_INFINITY;
  }

  get isVerifying(): boolean {
    return this.#login !== undefined;
  }

  has(sequence: number): boolean {
    return this.#login !== undefined && sequence === this.#sequence;
  }

  take(message: SendInfo): void {
    const core = this.#core;
    const { cmd, sequence, data } = message;
    if (data?.$case !== 'login') {
      const text = 'LOGIN from a client must carry login';
      core.refuseMessage(message, new ProtocolError('COMMAND_DATA_MISMATCH', text, { path: 'data' }));
    } else if (sequence === 0) {
      // "LOGIN (always a request)"
      core.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGIN without a sequence', { path: 'sequence' }));
    } else if (this.isVerifying) {
      // Verifying a token is expensive: one at a time.
      core.refuseFrame(new ProtocolError('RATE_LIMITED', 'another LOGIN is still being verified'), sequence, cmd);
    } else if (core.track(message)) {
      this.#login = data.value;
      this.#sequence = sequence;
      // A renewal that came in time is finished first.
      this.#tokenDeadlineMs = undefined;
      // The first LOGIN keeps its deadline, which started at the Welcome.
      if (this.user !== undefined) core.ownDeadlineMs = core.nowMs + this.timeoutMs;
      core.events.add({ type: 'login', sequence, login: data.value });
    }
  }

  accept(sequence: number, session: SessionInfoInit): void {
    const core = this.#core;
    const login = this.#login;
    if (login === undefined || sequence !== this.#sequence) throw new Error(`no open LOGIN with sequence ${sequence}`);
    const { userId = 0n, terminal = 0 } = session;
    const before = this.user;
    if (terminal === Terminal.SERVER) {
      core.fail(new ProtocolError('UNAUTHENTICATED', 'the terminal SERVER never logs in'), sequence, Command.LOGIN);
      return;
    }
    // "A second LOGIN of another user is PERMISSION_DENIED, and closes."
    if (before !== undefined && (before.userId !== userId || before.terminal !== terminal)) {
      core.fail(
        new ProtocolError('PERMISSION_DENIED', 'the connection is authenticated as another user'),
        sequence,
        Command.LOGIN,
      );
      return;
    }
    // "`LoginInfo.terminal` MAY be left to the token; if both have it, they MUST be equal."
    if (login.terminal !== Terminal.UNSPECIFIED && login.terminal !== terminal) {
      const text = `LOGIN has terminal ${login.terminal}, its token has ${terminal}`;
      core.fail(new ProtocolError('UNAUTHENTICATED', text), sequence, Command.LOGIN);
      return;
    }
    sendReply(core, sequence, { cmd: Command.LOGIN, data: { $case: 'session', value: session } });
    const expiresAtMs = session.tokenExpiresAtMs ?? 0n;
    this.#tokenExpiresAtMs = expiresAtMs === 0n ? undefined : Number(expiresAtMs) - core.settings.timeOriginMs;
    this.#answered(sequence);
    if (!core.isOpen) return;
    this.user = { userId, terminal, deviceId: login.deviceId };
    core.events.add({ type: 'authenticated', session: createMessage(SessionInfoTable, session) as SessionInfo });
    // From now on the limit is `max_frame_bytes` of the Welcome (specification, section 2, Size).
    core.reader.accept(acceptedFrameBytes(core.settings.maxFrameBytes));
    if (core.state !== 'anonymous') return;
    core.ownDeadlineMs = Number.POSITIVE_INFINITY;
    core.state = 'authenticated';
  }

  /** A LOGIN was refused. An expired token ends the connection now: the next LOGIN must not postpone it again. */
  refused(sequence: number): void {
    if (this.#answered(sequence) && this.tokenDeadlineMs <= this.#core.nowMs) this.expireToken();
  }

  expireToken(): void {
    this.#core.fail(new ProtocolError('TOKEN_EXPIRED', 'the token has expired'));
  }

  /** LOGIN was not answered in time. An unauthenticated client reconnects later; a client that renews its token stays. */
  refuseOverdue(): void {
    const sequence = this.#sequence;
    this.#core.events.add({ type: 'overdue', sequence });
    const code = this.user !== undefined ? 'INTERNAL' : 'OVERLOADED';
    sendRefusal(this.#core, sequence, new ProtocolError(code, `LOGIN was not answered within ${this.timeoutMs} ms`));
    this.refused(sequence);
  }

  /** Returns false if it was no LOGIN. */
  #answered(sequence: number): boolean {
    if (!this.has(sequence)) return false;
    this.#login = undefined;
    this.#sequence = 0;
    this.#tokenDeadlineMs = this.#tokenExpiresAtMs;
    // The renewal of a token is finished: its deadline ends.
    if (this.#core.state === 'authenticated') this.#core.ownDeadlineMs = Number.POSITIVE_INFINITY;
    return true;
  }
}
