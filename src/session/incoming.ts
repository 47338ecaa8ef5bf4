// Frames of the peer after the handshake: deliver, answer, refuse or drop.

import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ErrorInfo } from '../../generated/im/protocol/v1/error_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { commandName, isKnownCommand } from '../codec/command-name.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { type ErrorDetails, errorProperties, isProtocolError, ProtocolError } from '../errors.js';
import { FLAG_IGNORABLE } from '../limits.js';
import { peerError } from '../negotiate/reject.js';
import { quoted } from '../wire/quoted.js';
import type { FrameReceiver } from './frame-reader.js';
import type { OpenRequest } from './requests.js';
import type { SessionCore } from './session-core.js';

export class Incoming implements FrameReceiver {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  takeFrame(frame: AnyFrame): boolean {
    const core = this.#core;
    core.countFrame();
    if (frame.type === 'SendInfo' && core.isWelcomed) this.#takeSendInfo(frame.message as SendInfo, frame.flags);
    else core.takeHandshake(frame);
    return core.isOpen && !core.events.isFull;
  }

  takeInvalid(error: ProtocolError, flags: number, salvaged: SendInfo | undefined): boolean {
    const core = this.#core;
    core.countFrame();
    if (core.isWelcomed) this.#takeInvalid(error, flags, salvaged);
    else core.failRefused(error);
    return core.isOpen && !core.events.isFull;
  }

  #takeSendInfo(message: SendInfo, flags: number): void {
    const { cmd, sequence, replyTo } = message;
    const core = this.#core;
    // "a receiver that does not know the type or the command drops the frame without an error"; a request never sets IGNORABLE.
    if ((flags & FLAG_IGNORABLE) !== 0 && !this.#isKnown(cmd) && sequence === 0) return;
    // "Before LOGIN is accepted, any command other than LOGIN and HEARTBEAT is LOGIN_REQUIRED"
    if (!core.isLoggedIn && !core.isAllowedBeforeLogin(cmd)) {
      core.failRefused(new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`), sequence, cmd);
      return;
    }
    if (replyTo !== 0) this.#takeReply(message);
    // "An ERROR is never answered."
    else if (message.data?.$case === 'error' && cmd === Command.ERROR) this.#takeError(message.data.value);
    else if (this.#isAccepted(message)) core.handle(message);
  }

  /** "The rules in force are those of the frame's version": a command of a later one is unknown. */
  #isKnown(cmd: number): boolean {
    return isKnownCommand(cmd, this.#core.agreement?.version);
  }

  /** Checks a message that is neither a reply nor an ERROR, and answers HEARTBEAT. Returns false if it needs no further handling. */
  #isAccepted(message: SendInfo): boolean {
    const { cmd, sequence, data } = message;
    const core = this.#core;
    // The sequence would get two replies.
    if (core.peerRequests.has(sequence)) {
      const text = `sequence ${sequence} belongs to a request that is still open`;
      core.refuseFrame(new ProtocolError('INVALID_MESSAGE', text, { path: 'sequence', actual: sequence }), 0, cmd);
      return false;
    }
    // "A reply to an unknown request is dropped."
    if (cmd === Command.SEND_RESULT && sequence === 0) return false;
    const isKnown = this.#isKnown(cmd);
    if (!isKnown || !core.mayReceive(cmd)) {
      core.refuseMessage(message, notAccepted(cmd, isKnown));
      return false;
    }
    if (data?.$case !== 'heartbeat') return true;
    if (sequence !== 0) this.#echo(sequence, data.value.sentAtMs);
    core.takeHeartbeat(data.value);
    return false;
  }

  /** The reply to HEARTBEAT: "HEARTBEAT with the same `sent_at_ms`" */
  #echo(replyTo: number, sentAtMs: bigint): void {
    const { writer } = this.#core;
    const data = { $case: 'heartbeat', value: { sentAtMs } } as const;
    this.#core.enqueue(writer.encode({ cmd: Command.HEARTBEAT, sequence: 0, replyTo, data }));
  }

  #takeReply(message: SendInfo): void {
    const { cmd, replyTo, data } = message;
    const { requests, events } = this.#core;
    const request = requests.take(replyTo);
    if (data?.$case === 'error' && cmd === Command.ERROR) {
      if (request !== undefined) this.#failRefused(replyTo, request, data.value);
      // An error that closes is handled even without a request.
      if (errorProperties(data.value.code).closes || !this.#core.isLoggedIn) this.#takeError(data.value);
      return;
    }
    // "A reply to an unknown request is dropped."
    if (request === undefined) return;
    const reply = this.#acceptReply(message, request);
    if (!isProtocolError(reply)) {
      events.add({ type: 'reply', sequence: replyTo, message: reply });
      return;
    }
    this.#core.onRefused?.(reply);
    // A reply is never answered, but before LOGIN every error closes, and so does a renewal after which the two sides differ about the user.
    events.add({ type: 'failed', sequence: replyTo, error: reply, retryAfterMs: 0 });
    const isOfOther = request.cmd === Command.LOGIN && reply.code === 'PERMISSION_DENIED';
    if (!this.#core.isLoggedIn || isOfOther) this.#core.fail(reply);
  }

  #acceptReply(message: SendInfo, request: OpenRequest): SendInfo | ProtocolError {
    const { cmd } = message;
    if (cmd === request.reply) return this.#core.acceptReply(message, request);
    const text = `${commandName(cmd)} in reply to ${commandName(request.cmd)}`;
    return new ProtocolError('INVALID_MESSAGE', text, { path: 'cmd', actual: cmd });
  }

  #failRefused(sequence: number, { cmd }: OpenRequest, info: ErrorInfo): void {
    const error = peerError(info.code, `the peer refused ${commandName(cmd)}: ${quoted(info.message)}`, hintsOf(info));
    this.#core.events.add({ type: 'failed', sequence, error, retryAfterMs: info.retryAfterMs });
  }

  /** An ERROR that closes the connection or is reported. */
  #takeError(info: ErrorInfo): void {
    // The text of the peer is quoted: it cannot forge a line of a log.
    const error = peerError(info.code, `error from the peer: ${quoted(info.message)}`, hintsOf(info));
    if (error.properties.closes || !this.#core.isLoggedIn) this.#core.finish(error, info.retryAfterMs);
    else this.#core.report(error);
  }

  #takeInvalid(error: ProtocolError, flags: number, salvaged: SendInfo | undefined): void {
    const { cmd = 0, sequence = 0, replyTo = 0 } = salvaged ?? {};
    const core = this.#core;
    const isUnknown = error.code === 'UNSUPPORTED_TYPE' || (cmd > 0 && !this.#isKnown(cmd));
    if ((flags & FLAG_IGNORABLE) !== 0 && isUnknown && sequence === 0) return;
    if (core.requests.take(replyTo) !== undefined) {
      core.events.add({ type: 'failed', sequence: replyTo, error, retryAfterMs: 0 });
    }
    // A sequence that is still open would get two replies: 0 answers none.
    if (cmd !== Command.ERROR && replyTo === 0) core.refuseFrame(error, core.peerRequests.has(sequence) ? 0 : sequence, cmd);
    // "An ERROR is never answered", and neither is a reply.
    else if (core.isLoggedIn) core.drop(error);
    else if (cmd !== Command.ERROR) core.failRefused(error);
    else {
      core.onRefused?.(error);
      core.finish(error);
    }
  }
}

/** The details of an error that a peer sends. */
function hintsOf({ retryAfterMs, userMessage, reason, untilMs }: ErrorInfo): ErrorDetails {
  return { retryAfterMs, userMessage, reason, untilMs };
}

/** The error for a command that the peer may not send: nobody may send an unknown one. */
function notAccepted(cmd: number, isKnown: boolean): ProtocolError {
  if (isKnown) return new ProtocolError('PERMISSION_DENIED', `the peer may not send ${commandName(cmd)}`);
  return new ProtocolError('UNSUPPORTED_COMMAND', `unknown command ${cmd}`, { path: 'cmd', actual: cmd });
}
