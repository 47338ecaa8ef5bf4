// Messages of the application: whether they may be sent now, and under which sequence.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { commandName, sinceOfCommand } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';

import { messageIdOf } from './delivered-window.js';
import { replyOf, type SessionCore } from './session-core.js';

/** Sends a request. Returns its sequence. */
export function sendRequest(core: SessionCore, message: SendInfoInit, timeoutMs: number): number {
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs: expected 0 or more, got ${timeoutMs}`);
  requireOpen(core);
  const cmd = message.cmd ?? Command.UNSPECIFIED;
  // "Open requests are still answered; new ones are answered by DRAINING."
  if (core.state === 'draining' && cmd !== Command.HEARTBEAT)
    throw new ProtocolError('DRAINING', 'the connection is going to close');
  const reply = replyOf(cmd, core.isClient);
  if (reply === undefined || !core.maySend(cmd))
    throw new ProtocolError('PERMISSION_DENIED', `this side may not send ${commandName(cmd)} as a request`);
  requireLogin(core, cmd);
  requireVersion(core, cmd);
  const sequence = core.requests.nextSequence();
  const bytes = core.writer.encode(withSequence(message, sequence, 0));
  const { nowMs } = core;
  core.requests.add(sequence, { cmd, reply, messageId: messageIdOf(message), sentAtMs: nowMs, deadlineMs: nowMs + timeoutMs });
  // The server closes the connection after LOGOUT.
  if (cmd === Command.LOGOUT) core.sendAck();
  core.enqueue(bytes);
  return sequence;
}

/** Sends a message that expects no reply. */
export function sendPush(core: SessionCore, message: SendInfoInit): void {
  requireOpen(core);
  const cmd = message.cmd ?? Command.UNSPECIFIED;
  if (!core.maySend(cmd)) throw new ProtocolError('PERMISSION_DENIED', `this side may not send ${commandName(cmd)}`);
  requireLogin(core, cmd);
  requireVersion(core, cmd);
  core.enqueue(core.writer.encode(withSequence(message, 0, 0)));
}

/** Answers a request of the peer. */
export function sendReply(core: SessionCore, sequence: number, message: SendInfoInit): void {
  const asked = core.peerRequests.commandOf(sequence);
  const { cmd = Command.UNSPECIFIED } = message;
  if (cmd !== replyOf(asked, !core.isClient)) throw new Error(`${commandName(cmd)} is not a reply to ${commandName(asked)}`);
  const bytes = core.writer.encode(withSequence(message, 0, sequence));
  core.peerRequests.delete(sequence);
  core.enqueue(bytes);
  core.answered(sequence, true);
}

/** Answers a request of the peer with an ERROR. */
export function sendRefusal(core: SessionCore, sequence: number, error: ProtocolError, retryAfterMs?: number): void {
  const cmd = core.peerRequests.commandOf(sequence);
  // A local error is not sent, but the peer still needs an answer.
  const sent = error.properties.local ? new ProtocolError('INTERNAL', 'the request failed', { cause: error }) : error;
  core.refuseRequest(sent, sequence, cmd, retryAfterMs);
  core.peerRequests.delete(sequence);
  core.answered(sequence, false);
}

function requireOpen({ isOpen, closeError }: SessionCore): void {
  if (!isOpen) throw closeError ?? new ProtocolError('CLOSED', 'the connection has closed');
}

/** Before LOGIN is accepted, only LOGIN and HEARTBEAT may be sent, and only once the version is known. */
function requireLogin(core: SessionCore, cmd: number): void {
  if (core.isLoggedIn) return;
  if (cmd !== Command.LOGIN && cmd !== Command.HEARTBEAT)
    throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`);
  const isNegotiated = core.isWelcomed || (cmd === Command.LOGIN && core.writer.version !== undefined);
  if (!isNegotiated) throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before the version is negotiated`);
}

/** "On a connection of version 1 neither side sends a command of version 2", not even one that its peer would ignore. */
function requireVersion({ writer }: SessionCore, cmd: number): void {
  const since = sinceOfCommand(cmd);
  const version = writer.version ?? since;
  if (since <= version) return;
  throw new ProtocolError(
    'LOSSY_DOWNGRADE',
    `${commandName(cmd)} needs version ${since}, the connection has version ${version}`,
    {
      path: 'cmd',
      limit: version,
      actual: since,
    },
  );
}

/**
 * A copy of a message as a request (`sequence`), a reply (`replyTo`) or a push (both 0). All copies have the same shape, for speed in the
 * encoder. A message with unknown keys keeps them, so that the encoder refuses it.
 */
export function withSequence(message: SendInfoInit, sequence: number, replyTo: number): SendInfoInit {
  if (message[UNKNOWN_FIELDS] !== undefined || hasOtherKeys(message)) return { ...message, sequence, replyTo };
  return { cmd: message.cmd, sequence, replyTo, data: message.data };
}

function hasOtherKeys(message: SendInfoInit): boolean {
  for (const key in message) {
    if (key !== 'cmd' && key !== 'sequence' && key !== 'replyTo' && key !== 'data') return true;
  }
  return false;
}
