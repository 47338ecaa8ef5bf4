// What only the server does: the messages that it accepts from a client, LOGOUT, DRAIN, and sessions that another one replaces.

import { COMMANDS } from '../../generated/commands.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import type { HeartbeatInfo } from '../../generated/im/protocol/v1/heartbeat_info.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import type { SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import { clearPlatformFields } from '../codec/clear-platform-fields.js';
import { commandName } from '../codec/command-name.js';
import { type AnyFrame, judgePeer } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES } from '../limits.js';
import { createMessage } from '../wire/create-message.js';
import { ConnectionLimits } from './connection-limits.js';
import { sendReply } from './outgoing.js';
import type { OpenRequest } from './requests.js';
import { ServerHandshake } from './server-handshake.js';
import { ServerLogins } from './server-logins.js';
import { serverSettings } from './server-settings.js';
import { memberOf, neverRequest, replyOf, sendersOf } from './session-core.js';
import { SessionMachine } from './session-machine.js';
import { type LoggedIn, REASON_REPLACED, type ServerSessionOptions } from './session-options.js';
import type { Traffic } from './traffic.js';

/** Commands that a client may send before LOGIN is accepted. */
const BEFORE_LOGIN: readonly number[] = [Command.LOGIN, Command.HEARTBEAT, Command.ERROR];

export class ServerMachine extends SessionMachine {
  readonly logins: ServerLogins;
  isBackground = false;
  /** Created when a client first does what it limits: most never do. */
  #limits: ConnectionLimits | undefined;
  /** The LOGOUT of the client, which is answered last. */
  #logout: number | undefined;
  /** Undefined after the Welcome. */
  #handshake: ServerHandshake | undefined;
  /** Of the Hello; undefined before. */
  agent: string | undefined;
  #anonymousBytes = 0;
  traffic: Traffic | undefined;

  /** @param settings from the options of all sessions of a server; `connectionId` is the only option that differs. */
  constructor(options: ServerSessionOptions, nowMs: number, settings = serverSettings(options, nowMs)) {
    super(settings.session, 'negotiating', nowMs);
    this.logins = new ServerLogins(this, settings.loginTimeoutMs);
    this.#handshake = new ServerHandshake(this, settings, options.connectionId ?? '');
  }

  get user(): LoggedIn | undefined {
    return this.logins.user;
  }

  get isLoggedIn(): boolean {
    return this.user !== undefined;
  }

  readonly isClient = false;

  maySend(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  isAllowedBeforeLogin(cmd: number): boolean {
    return BEFORE_LOGIN.includes(cmd);
  }

  override get nextDeadlineMs(): number {
    return this.isOpen ? Math.min(super.nextDeadlineMs, this.logins.tokenDeadlineMs) : Number.POSITIVE_INFINITY;
  }

  expire(dueMs: number): void {
    if (this.logins.tokenDeadlineMs <= dueMs) this.logins.expireToken();
    else if (this.ownDeadlineMs <= dueMs) this.#expireOwn();
  }

  #expireOwn(): void {
    if (!this.isWelcomed)
      this.fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${this.settings.handshakeTimeoutMs} ms`));
    else if (this.state === 'draining') this.fail(new ProtocolError('DRAINING', 'the server is closing'));
    else if (this.logins.isVerifying) this.logins.refuseOverdue();
    else this.fail(new ProtocolError('IDLE_TIMEOUT', `no LOGIN within ${this.logins.timeoutMs} ms`));
  }

  takeHandshake({ type, message }: AnyFrame): void {
    if (type === 'Hello' && this.#handshake !== undefined) this.#takeHello(this.#handshake, message as Hello);
    // "a second Hello [is answered] by ERROR MALFORMED_HELLO. Both close the connection."
    else if (type === 'Hello') this.failRefused(new ProtocolError('MALFORMED_HELLO', 'a second Hello'));
    else if (!this.isWelcomed)
      this.failRefused(new ProtocolError('MALFORMED_HELLO', `expected Hello as the first frame, got ${type}`));
    else this.refuseFrame(new ProtocolError('UNSUPPORTED_TYPE', `unexpected ${type} from a client`), 0, 0);
  }

  #takeHello(handshake: ServerHandshake, hello: Hello): void {
    if (!handshake.takeHello(hello)) return;
    this.agent = hello.agent;
    this.#handshake = undefined;
  }

  refuseHandshake(error: ProtocolError): ProtocolError {
    return this.#handshake === undefined ? error : this.#handshake.refuse(error);
  }

  override countFrame(): void {
    super.countFrame();
    if (this.traffic !== undefined) this.traffic.framesReceived += 1;
  }

  override receive(bytes: Uint8Array, nowMs: number): void {
    if (this.traffic !== undefined && this.isOpen) this.traffic.bytesReceived += bytes.length;
    super.receive(bytes, nowMs);
    if (!this.isLoggedIn && this.isOpen) judgePeer(() => this.#countAnonymous(bytes.length));
  }

  #countAnonymous(bytes: number): void {
    this.#anonymousBytes += bytes;
    const actual = this.#anonymousBytes;
    if (actual <= ANONYMOUS_MAX_BYTES) return;
    const text = `${actual} bytes before LOGIN was accepted, limit ${ANONYMOUS_MAX_BYTES}`;
    this.fail(new ProtocolError('RATE_LIMITED', text, { limit: ANONYMOUS_MAX_BYTES, actual }));
  }

  handle(message: SendInfo): void {
    const { cmd, sequence, data } = message;
    // The client may have sent LOGOUT before it got DRAIN.
    if (cmd === Command.LOGOUT && this.#logout === undefined) {
      this.#takeLogout(message);
      return;
    }
    // "Open requests are still answered; new ones are answered by DRAINING."
    if (this.state === 'draining' && sequence !== 0) {
      const error = new ProtocolError('DRAINING', 'the server is going to close');
      this.onRefused?.(error);
      this.refuseRequest(error, sequence, cmd);
      return;
    }
    const unexpected = this.#judgeCommand(message);
    if (unexpected !== undefined) {
      this.refuseMessage(message, unexpected);
      return;
    }
    if (cmd === Command.LOGIN) {
      this.logins.take(message);
      return;
    }
    if (data?.$case === 'pushAck') {
      this.#takeAck(data.value.upToSequence);
      return;
    }
    const checked = checkClientMessage(message, this.user);
    if (isProtocolError(checked)) this.refuseMessage(message, checked);
    else this.#deliverWithinLimits(checked);
  }

  acceptReply(message: SendInfo): SendInfo | ProtocolError {
    return withoutPlatformFields(message);
  }

  takeHeartbeat({ background }: HeartbeatInfo): void {
    if (background === this.isBackground || !this.isLoggedIn) return;
    this.isBackground = background;
    this.events.add({ type: 'background', background });
  }

  answered(sequence: number, isAccepted: boolean): void {
    this.#limits?.answered(sequence, isAccepted, this.nowMs);
    if (sequence === this.#logout) this.#logout = undefined;
    this.#logOutWhenAnswered();
  }

  get limits(): ConnectionLimits {
    this.#limits ??= new ConnectionLimits(this.peerRequests);
    return this.#limits;
  }

  get rooms(): ReadonlySet<bigint> {
    return this.limits.rooms.joined;
  }

  isSubscribedTo(userId: bigint, nowMs: number): boolean {
    return this.#limits?.presence.has(userId, nowMs) ?? false;
  }

  presenceSubscriptions(nowMs: number): bigint[] {
    return this.#limits === undefined ? [] : this.#limits.presence.users(nowMs);
  }

  pushFrame(frame: Uint8Array, nowMs: number): SendCode {
    this.enter(nowMs);
    const { agreement } = this;
    if (!this.isOpen || !this.isLoggedIn || agreement === undefined) return SendCode.CHANNEL_NOT_FOUND;
    // "A message that exceeds the `max_frame_bytes` of a receiver is not sent, and reported by a SendResult with TOO_LARGE."
    if (frame.length > agreement.maxFrameBytes) return SendCode.TOO_LARGE;
    this.enqueue(frame);
    return this.isOpen ? SendCode.SUCCESS : SendCode.CHANNEL_NOT_FOUND;
  }

  override reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.logins.has(sequence)) throw new Error(`LOGIN ${sequence} must be answered by acceptLogin or refuse`);
    if (sequence === this.#logout) throw new Error(`LOGOUT ${sequence} must be answered by acceptLogout or refuse`);
    super.reply(sequence, message, nowMs);
  }

  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    super.refuse(sequence, error, nowMs, retryAfterMs);
    this.logins.refused(sequence);
  }

  refuseInput(error: ProtocolError, closes: boolean, nowMs: number): void {
    if (!this.enter(nowMs)) return;
    if (closes || !this.isLoggedIn) this.failRefused(error);
    else this.refuseFrame(error, 0, 0);
  }

  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (this.enter(nowMs)) this.logins.accept(sequence, session);
  }

  acceptLogout(sequence: number, nowMs: number): void {
    if (!this.enter(nowMs)) return;
    if (sequence !== this.#logout) throw new Error(`no open LOGOUT with sequence ${sequence}`);
    sendReply(this, sequence, { cmd: Command.LOGOUT });
    this.finish(undefined);
  }

  drain(drain: DrainInfoInit, nowMs: number): void {
    if (!this.enter(nowMs) || this.state === 'draining') return;
    if (!this.isWelcomed) {
      this.fail(new ProtocolError('OVERLOADED', 'the server is going to close'));
      return;
    }
    this.#push({ cmd: Command.DRAIN, data: { $case: 'drain', value: drain } });
    if (!this.isOpen) return;
    this.ownDeadlineMs = this.nowMs + (drain.graceMs ?? 0);
    this.state = 'draining';
  }

  takeOver(notice: ForceLogoutInit, nowMs: number): void {
    if (!this.enter(nowMs) || this.user === undefined) return;
    const { deviceId = '', reason = '' } = notice;
    if (deviceId !== '' && deviceId === this.user.deviceId) {
      this.fail(new ProtocolError('REPLACED', 'the device has reconnected'));
      return;
    }
    this.#push({ cmd: Command.FORCE_LOGOUT, data: { $case: 'forceLogout', value: notice } });
    this.fail(new ProtocolError('FORCED_LOGOUT', reason === '' ? REASON_REPLACED : reason));
  }

  /** The error for a command that the client may not send at all, or not now. */
  #judgeCommand({ cmd, sequence }: SendInfo): ProtocolError | undefined {
    if (this.#logout !== undefined && cmd !== Command.ACK)
      return new ProtocolError('INVALID_MESSAGE', `${commandName(cmd)} after LOGOUT`, { path: 'cmd', actual: cmd });
    if (sequence !== 0 && replyOf(cmd, true) === undefined) return neverRequest(cmd);
    return featureError(cmd, this.agreement!.features);
  }

  #deliverWithinLimits(message: SendInfo): void {
    const { data } = message;
    // Most messages. The sender is in the pair, and only the application knows the group.
    const isJudged = data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage';
    const verdict = isJudged ? this.limits.judge(message, this.user!.userId, this.nowMs) : undefined;
    if (isProtocolError(verdict)) this.refuseMessage(message, verdict);
    // Too many requests are open.
    else if (verdict === undefined && !this.deliver(message)) this.#limits?.answered(message.sequence, false, this.nowMs);
  }

  /** Each push that the ACK covers gets the receipt that the client would have sent. */
  #takeAck(upToSequence: number): void {
    for (const [replyTo, { cmd, messageId }] of takeAcknowledged(this.requests.open, upToSequence)) {
      const value = createMessage(SendResultTable, { code: SendCode.SUCCESS, cmd, messageId }) as SendResult;
      const message: SendInfo = { cmd: Command.SEND_RESULT, sequence: 0, replyTo, data: { $case: 'sendResult', value } };
      this.events.add({ type: 'reply', sequence: replyTo, message });
    }
  }

  #takeLogout(message: SendInfo): void {
    const { sequence } = message;
    if (sequence === 0) {
      this.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGOUT without a sequence', { path: 'sequence' }));
    } else if (this.track(message)) {
      this.#logout = sequence;
      this.#logOutWhenAnswered();
    }
  }

  /** "The server answers LOGOUT after the open requests" */
  #logOutWhenAnswered(): void {
    if (this.#logout !== undefined && this.peerRequests.size === 1) this.events.add({ type: 'logout', sequence: this.#logout });
  }

  #push(message: SendInfoInit): void {
    this.enqueue(this.writer.encodePlain(message));
  }
}

/**
 * Removes and returns the requests that an ACK covers: "in the order of sending, the open pushes whose reply would be SEND_RESULT".
 * "The server ignores [an `up_to_sequence`] that is not open."
 */
function takeAcknowledged(open: Map<number, OpenRequest>, upTo: number): [number, OpenRequest][] {
  if (open.get(upTo)?.reply !== Command.SEND_RESULT) return [];
  const found: [number, OpenRequest][] = [];
  for (const entry of open) {
    if (entry[1].reply === Command.SEND_RESULT) found.push(entry);
    if (entry[0] === upTo) break;
  }
  for (const [sequence] of found) open.delete(sequence);
  return found;
}

/** The error for a command whose feature was not negotiated; undefined for every other command. */
function featureError(cmd: number, features: readonly string[]): ProtocolError | undefined {
  const feature = COMMANDS[cmd]?.feature;
  if (feature === undefined || features.includes(feature)) return undefined;
  const text = `${commandName(cmd)} needs the feature ${feature}, which was not negotiated`;
  return new ProtocolError('UNSUPPORTED_COMMAND', text, { path: 'cmd', actual: cmd });
}

type Sender = Pick<LoggedIn, 'userId' | 'terminal'>;

/** Returns the message without the fields that only the platform sets, or the error with which to refuse it. */
function checkClientMessage(message: SendInfo, user: Sender | undefined): SendInfo | ProtocolError {
  const { cmd, data } = message;
  const member = memberOf(cmd, true);
  if (member !== undefined && data?.$case !== member) {
    const text = `${commandName(cmd)} from a client must carry ${member}`;
    return new ProtocolError('COMMAND_DATA_MISMATCH', text, { path: 'data' });
  }
  const sender = data === undefined ? user : senderOf(data, user);
  // "The `sender` of a message MUST be the authenticated user and terminal, otherwise it is PERMISSION_DENIED."
  if (sender?.userId !== user?.userId || sender?.terminal !== user?.terminal)
    return new ProtocolError('PERMISSION_DENIED', 'sender does not match the authenticated user');
  return withoutPlatformFields(message);
}

/** "the server clears it in what a client sends, at any depth" */
function withoutPlatformFields(message: SendInfo): SendInfo | ProtocolError {
  try {
    return clearPlatformFields(message);
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

/** Who has written the data of a client, as it says; `user` where it does not say. */
function senderOf({ value }: NonNullable<SendInfo['data']>, user: Sender | undefined): Sender | undefined {
  if ('sender' in value) return value.sender;
  return 'reader' in value ? value.reader : user;
}
