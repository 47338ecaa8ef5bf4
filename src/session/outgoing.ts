// What the application sends: what it may send when, and under which number.
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import { commandName } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import type { Channel } from './channel.js';
import { replyOf } from './command-rules.js';
import { linked } from './linked.js';

/** Sends a request. Returns its sequence. */
export function sendRequest(channel: Channel, message: SendInfoInit, timeoutMs: number): number {
  if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs is 0 or more, got ${timeoutMs}`);
  requireOpen(channel);
  const cmd = message.cmd ?? Command.UNSPECIFIED;
  // "Drain: open requests are answered, new ones get DRAINING."
  if (channel.state === 'draining' && cmd !== Command.HEARTBEAT)
    throw new ProtocolError('DRAINING', 'the connection is going to close');
  if (replyOf(cmd) === undefined || !channel.maySend(cmd))
    throw new ProtocolError('PERMISSION_DENIED', `${commandName(cmd)} is no request of this side`);
  requireLogin(channel, cmd);
  const sequence = channel.requests.nextSequence();
  const bytes = channel.writer.encode(linked(message, sequence, 0));
  channel.requests.add(sequence, { cmd, sentAtMs: channel.nowMs, deadlineMs: channel.nowMs + timeoutMs });
  channel.enqueue(bytes);
  return sequence;
}

/** Sends a message that wants no reply. */
export function sendPush(channel: Channel, message: SendInfoInit): void {
  requireOpen(channel);
  const cmd = message.cmd ?? Command.UNSPECIFIED;
  if (!channel.maySend(cmd)) throw new ProtocolError('PERMISSION_DENIED', `${commandName(cmd)} is not sent by this side`);
  requireLogin(channel, cmd);
  channel.enqueue(channel.writer.encode(linked(message, 0, 0)));
}

/** Sends a frame that was encoded for many. */
export function sendFrame(channel: Channel, frame: Uint8Array): SendCode {
  const { agreement } = channel;
  if (!channel.isOpen || !channel.isLoggedIn || agreement === undefined) return SendCode.CHANNEL_NOT_FOUND;
  // "What is too large for a peer is not sent: SendResult TOO_LARGE."
  if (frame.length > agreement.maxFrameBytes) return SendCode.TOO_LARGE;
  channel.enqueue(frame);
  return channel.isOpen ? SendCode.SUCCESS : SendCode.CHANNEL_NOT_FOUND;
}

/** Answers a request of the peer. */
export function sendReply(channel: Channel, sequence: number, message: SendInfoInit): void {
  const asked = channel.unanswered.commandOf(sequence);
  const { cmd = Command.UNSPECIFIED } = message;
  if (cmd !== replyOf(asked)) throw new Error(`${commandName(asked)} is not answered by ${commandName(cmd)}`);
  const bytes = channel.writer.encode(linked(message, 0, sequence));
  channel.unanswered.delete(sequence);
  channel.enqueue(bytes);
}

/** Answers a request of the peer with an ERROR. */
export function sendRefusal(channel: Channel, sequence: number, error: ProtocolError, retryAfterMs?: number): void {
  const cmd = channel.unanswered.commandOf(sequence);
  // The peer shall not wait for what it will never hear of.
  const told = error.properties.local ? new ProtocolError('INTERNAL', 'the request failed', { cause: error }) : error;
  channel.refuseRequest(told, sequence, cmd, retryAfterMs);
  channel.unanswered.delete(sequence);
}

function requireOpen({ isOpen, closeError }: Channel): void {
  if (!isOpen) throw closeError ?? new ProtocolError('CLOSED', 'the connection has closed');
}

/** "only LOGIN and HEARTBEAT, until it has accepted LOGIN", and these only in a version that is settled. */
function requireLogin(channel: Channel, cmd: number): void {
  if (channel.isLoggedIn) return;
  if (cmd !== Command.LOGIN && cmd !== Command.HEARTBEAT)
    throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`);
  const isSettled = channel.isWelcomed || (cmd === Command.LOGIN && channel.writer.version !== undefined);
  if (!isSettled) throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before the version is settled`);
}
