import { Command } from '../../generated/im/protocol/v1/command.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { olderValue } from '../codec/older-value.js';
import { judgePeer } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { CLOSE_CODE_BASE, HANDSHAKE_MAX_FRAME_BYTES, MAX_UNDECODED_BYTES, MAX_UNDECODED_CHUNKS } from '../limits.js';
import { peerError, sendableError } from '../negotiate/reject.js';
import type { FrameReader } from './frame-reader.js';
import { Incoming } from './incoming.js';
import { sendPush, sendRefusal, sendReply, sendRequest } from './outgoing.js';
import type { Session } from './session.js';
import { SessionCore } from './session-core.js';
import type { SessionEvent } from './session-event.js';

/** The close code of a WebSocket that closes without an error (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/** The inputs and outputs of a session: bytes, time and messages. */
export abstract class SessionMachine extends SessionCore implements Session {
  get closeCode(): number {
    const { closeError, agreement } = this;
    if (closeError === undefined) return NORMAL_CLOSURE;
    const number = closeError.closeCode - CLOSE_CODE_BASE;
    return CLOSE_CODE_BASE + olderValue(ErrorCodeTable, number, agreement?.version ?? 1);
  }

  get maxMessageBytes(): number {
    return this.agreement?.maxFrameBytes ?? HANDSHAKE_MAX_FRAME_BYTES;
  }

  get queuedBytes(): number {
    return this.queue.bytes + this.peerRequests.ackBytes;
  }

  get maxQueuedBytes(): number {
    return this.queue.maxBytes;
  }

  get openRequests(): number {
    return this.requests.size;
  }

  get unanswered(): number {
    return this.peerRequests.size;
  }

  get undecodedBytes(): number {
    return this.reader.undecodedBytes;
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    if (!this.enter(nowMs)) return;
    judgePeer(() => {
      const error = tooMuchUndecoded(this.reader);
      if (error !== undefined) this.fail(error);
      else {
        this.reader.add(bytes);
        this.#read();
      }
    });
  }

  readMore(nowMs: number): boolean {
    if (!this.enter(nowMs) || this.isPaused || this.events.isFull || this.reader.undecodedChunks === 0) return false;
    judgePeer(() => this.#read());
    return true;
  }

  pause(nowMs: number): void {
    if (this.enter(nowMs)) this.isPaused = true;
  }

  resume(nowMs: number): void {
    if (!this.enter(nowMs) || !this.isPaused) return;
    this.isPaused = false;
    this.restartPeerTimeouts();
  }

  end(nowMs: number, closeCode?: number): void {
    if (this.enter(nowMs)) judgePeer(() => this.finish(endReason(this.reader, closeCode)));
  }

  tick(nowMs: number, dueMs = Number.POSITIVE_INFINITY): void {
    if (this.enter(nowMs)) judgePeer(() => this.#endDue(Math.min(dueMs, this.nowMs)));
  }

  restart(sinceMs: number, nowMs: number): void {
    if (!this.enter(nowMs)) return;
    this.requests.restart(sinceMs, this.nowMs);
    if (!this.isWelcomed) this.ownDeadlineMs = this.nowMs + this.settings.handshakeTimeoutMs;
  }

  takeBytes(): Uint8Array[] {
    this.sendAck();
    return this.queue.take();
  }

  takeEvents(): SessionEvent[] {
    return this.events.take();
  }

  request(message: SendInfoInit, nowMs: number, timeoutMs = this.settings.requestTimeoutMs): number {
    this.enter(nowMs);
    return sendRequest(this, message, timeoutMs);
  }

  push(message: SendInfoInit, nowMs: number): void {
    this.enter(nowMs);
    sendPush(this, message);
  }

  reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.enter(nowMs)) sendReply(this, sequence, message);
  }

  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    if (this.enter(nowMs)) sendRefusal(this, sequence, sendable(error), retryAfterMs);
  }

  close(nowMs: number, error?: ProtocolError): void {
    if (!this.enter(nowMs)) return;
    if (error === undefined) {
      this.sendAck();
      this.finish(undefined);
    } else this.fail(sendable(error));
  }

  #read(): void {
    if (this.isPaused || this.events.isFull) return;
    try {
      // A new one each time: kept, it would be memory of each idle connection.
      this.reader.read(this.nowMs, new Incoming(this));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.failRefused(error);
    }
  }

  #endDue(dueMs: number): void {
    const { reader, hasUnread } = this;
    this.#endOverdue(dueMs);
    if (!hasUnread && reader.deadlineMs <= dueMs) {
      this.fail(
        new ProtocolError('IDLE_TIMEOUT', `timed out waiting for the rest of a frame (${reader.pendingBytes} bytes received)`),
      );
    } else if (!hasUnread && this.idleDeadlineMs <= dueMs) {
      const actual = this.idleMs;
      this.fail(new ProtocolError('IDLE_TIMEOUT', `no frame received for ${actual} ms`, { actual }));
    } else if (this.isOpen) this.expire(dueMs);
  }

  #endOverdue(dueMs: number): void {
    const overdue = this.requests.overdue(dueMs);
    for (const [sequence, { cmd, sentAtMs }] of overdue) {
      const text = `no reply to ${commandName(cmd)} within ${Math.round(this.nowMs - sentAtMs)} ms`;
      this.events.add({ type: 'failed', sequence, error: new ProtocolError('TIMEOUT', text), retryAfterMs: 0 });
    }
    // The server may have accepted the LOGIN: the states of the two sides could differ.
    const isLoginOverdue = !this.isLoggedIn && overdue.some(([, { cmd }]) => cmd === Command.LOGIN);
    if (isLoginOverdue) this.fail(new ProtocolError('IDLE_TIMEOUT', 'timed out waiting for the reply to LOGIN'));
  }
}

function tooMuchUndecoded({ undecodedBytes, undecodedChunks }: FrameReader): ProtocolError | undefined {
  if (undecodedBytes > MAX_UNDECODED_BYTES) return slow(undecodedBytes, 'bytes', MAX_UNDECODED_BYTES);
  return undecodedChunks >= MAX_UNDECODED_CHUNKS ? slow(undecodedChunks + 1, 'chunks', MAX_UNDECODED_CHUNKS) : undefined;
}

function slow(actual: number, unit: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${unit} wait to be decoded, limit ${limit}`, { limit, actual });
}

/** The error of the application, or INTERNAL if it cannot be sent. */
function sendable(error: ProtocolError): ProtocolError {
  return sendableError(error) ?? new ProtocolError('INTERNAL', 'the error cannot be sent to a peer', { cause: error });
}

/** The end of the close codes for private use, 4000 to 4999 (RFC 6455, section 7.4.2). */
const CLOSE_CODE_END = 5000;

/** The reason for the end of a transport: the error of the WebSocket close code, TRUNCATED inside a frame, or CLOSED. */
function endReason(reader: FrameReader, closeCode: number | undefined): ProtocolError {
  const text =
    closeCode === undefined ? 'the peer closed the connection' : `the peer closed the connection with code ${closeCode}`;
  // 1000 to 1015 are codes of WebSocket.
  const number = closeCode === undefined ? 0 : closeCode - CLOSE_CODE_BASE;
  if (number > 0 && number < CLOSE_CODE_END - CLOSE_CODE_BASE) return peerError(number, text);
  try {
    reader.end();
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  return new ProtocolError('CLOSED', text);
}
