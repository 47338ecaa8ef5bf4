import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';
import { commandName } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import { LONGEST_TIMER_MS, type Runtime } from './runtime.js';

/** What a single request can be told. */
export interface RequestOptions {
  /** How long to wait for the reply, in milliseconds, the time without a connection included. Default: `requestTimeoutMs` of the client. */
  readonly timeoutMs?: number | undefined;
  /** Send it again if the connection is lost before the reply. Default: `resume` of the client. */
  readonly resume?: boolean | undefined;
}

/** A request of the application, from its start to its reply, over as many connections as it takes. */
export class OutgoingRequest {
  readonly reply: Promise<SendInfo>;
  readonly resume: boolean;
  /** It is on its way on the present connection. */
  isSent = false;
  resolve: (reply: SendInfo) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly #message: SendInfoInit;
  readonly #deadlineMs: number;

  /** @param timeoutMs 0 or more; Infinity = no bound. */
  constructor(message: SendInfoInit, timeoutMs: number, resume: boolean, runtime: Runtime) {
    this.#message = withClientMessageId(message, runtime);
    this.#deadlineMs = runtime.nowMs() + timeoutMs;
    this.resume = resume;
    this.reply = new Promise((resolve, reject) => {
      // While there is no connection nobody else watches the time.
      const expire = (): void => {
        if (!this.isSent) reject(new ProtocolError('TIMEOUT', `no connection for ${commandName(message.cmd ?? 0)} in time`));
      };
      // A connection may be there already, but for the last bytes that were not read yet.
      const wait = (): void => runtime.turn(expire);
      const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : runtime.setTimer(wait, Math.ceil(timeoutMs));
      this.resolve = (reply) => {
        runtime.clearTimer(timer);
        resolve(reply);
      };
      this.reject = (error) => {
        runtime.clearTimer(timer);
        reject(error);
      };
    });
  }

  /** How long it still may wait, in milliseconds. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#deadlineMs - nowMs);
  }

  /** The message for a connection: "`sender` must be the logged-in user and terminal". */
  message(session: SessionInfo | undefined): SendInfoInit {
    const { cmd, data } = this.#message;
    if (session === undefined || data === undefined || !('sender' in data.value || hasSender(data.$case))) return this.#message;
    const value = data.value as { sender?: unknown };
    if (value.sender !== undefined) return this.#message;
    const sender = { userId: session.userId, terminal: session.terminal };
    return { cmd, data: { ...data, value: { ...value, sender } } as SendInfoInit['data'] };
  }
}

function hasSender(name: string): boolean {
  return name === 'privateMessage' || name === 'groupMessage';
}

/** "client_message_id is unique per sender": sent again, a message has to be known again. */
function withClientMessageId(message: SendInfoInit, runtime: Runtime): SendInfoInit {
  const { cmd, data } = message;
  if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return message;
  const { content } = data.value;
  if (content === undefined || (content.clientMessageId ?? '') !== '') return message;
  const value = { ...data.value, content: { ...content, clientMessageId: runtime.createId() } };
  return { cmd, data: { ...data, value } as SendInfoInit['data'] };
}
