// The handshake of a server: Welcome or Reject for a Hello.
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { olderValue } from '../codec/older-value.js';
import { ERRORS, ProtocolError, textOfError } from '../errors.js';
import { DEFAULT_HEARTBEAT_INTERVAL_MS } from '../limits.js';
import { answerHello, type HelloAnswer } from '../negotiate/answer-hello.js';
import { createReject } from '../negotiate/reject.js';
import { encodeFrame } from './connection-frames.js';
import type { SessionCore } from './session-core.js';
import type { ServerSessionOptions } from './session-options.js';

/** A Hello with which the constructor checks the options. */
const ANY_HELLO: Hello = { versions: [1], features: [], maxFrameBytes: 0, agent: '', commandDigests: new Map() };

export class ServerHandshake {
  readonly #core: SessionCore;
  readonly #heartbeatIntervalMs: number;
  readonly #connectionId: string;
  readonly #loginTimeoutMs: number;
  /** Of the Hello; undefined before. */
  agent: string | undefined;

  /** @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome. */
  constructor(core: SessionCore, options: ServerSessionOptions, loginTimeoutMs: number) {
    this.#core = core;
    this.#heartbeatIntervalMs = options.heartbeatIntervalMs ?? DEFAULT_HEARTBEAT_INTERVAL_MS;
    this.#connectionId = options.connectionId ?? '';
    this.#loginTimeoutMs = loginTimeoutMs;
    // Invalid options fail now, not with the first client.
    this.#answer(ANY_HELLO);
  }

  /** Answers the Hello of a client. After a Welcome the client has the login timeout to send LOGIN. */
  takeHello(hello: Hello): void {
    const core = this.#core;
    const answer = this.#answer(hello);
    if (answer.reject !== undefined) {
      core.onRefused?.(answer.error);
      core.enqueue(encodeFrame('Reject', answer.reject));
      core.finish(answer.error);
      return;
    }
    core.enqueue(encodeFrame('Welcome', answer.welcome));
    this.agent = hello.agent;
    core.agree(answer.agreement);
    core.ownDeadlineMs = core.nowMs + this.#loginTimeoutMs;
  }

  /** "A first frame that is not a valid Hello is answered by Reject MALFORMED_HELLO." */
  refuse(error: ProtocolError): ProtocolError {
    if (error.properties.local) return error;
    const text = textOfError(error);
    const sent = isOfFrame(error) ? new ProtocolError('MALFORMED_HELLO', text, { cause: error }) : error;
    const { retryAfterMs } = sent;
    // Without a Hello the peer may be of version 1.
    const code = olderValue(ErrorCodeTable, sent.properties.number, 1);
    const reject = createReject(code, { message: text, versions: this.#core.settings.versions, retryAfterMs });
    this.#core.enqueue(encodeFrame('Reject', reject));
    return sent;
  }

  #answer(hello: Hello): HelloAnswer {
    const { versions, features, maxFrameBytes, commands, timeOriginMs } = this.#core.settings;
    return answerHello(hello, {
      versions,
      features,
      maxFrameBytes,
      commands,
      heartbeatIntervalMs: this.#heartbeatIntervalMs,
      serverTimeMs: BigInt(Math.round(timeOriginMs + this.#core.nowMs)),
      connectionId: this.#connectionId,
    });
  }
}

/** 16 to 31 are errors of frames: the first frame is not a Hello. */
export function isOfFrame({ properties: { number } }: ProtocolError): boolean {
  return number >= ERRORS.FOREIGN_PROTOCOL.number && number < ERRORS.UNAUTHENTICATED.number;
}
