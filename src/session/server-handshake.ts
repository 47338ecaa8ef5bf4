// The handshake of a server: Welcome or Reject for a Hello.
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import { olderValue } from '../codec/older-value.js';
import { ERRORS, ProtocolError, textOfError } from '../errors.js';
import { answerOffer } from '../negotiate/answer-hello.js';
import { createReject } from '../negotiate/reject.js';
import { encodeFrame } from './connection-frames.js';
import type { ServerSettings } from './server-settings.js';
import type { SessionCore } from './session-core.js';

export class ServerHandshake {
  readonly #core: SessionCore;
  readonly #settings: ServerSettings;
  readonly #connectionId: string;

  constructor(core: SessionCore, settings: ServerSettings, connectionId: string) {
    this.#core = core;
    this.#settings = settings;
    this.#connectionId = connectionId;
  }

  /** Answers the Hello of a client. After a Welcome the client has the login timeout to send LOGIN. Returns false if it was refused. */
  takeHello(hello: Hello): boolean {
    const core = this.#core;
    const { offer, loginTimeoutMs } = this.#settings;
    const serverTimeMs = BigInt(Math.round(core.settings.timeOriginMs + core.nowMs));
    // Decoding has checked the rules of Hello.
    const answer = answerOffer(hello, offer, serverTimeMs, this.#connectionId);
    if (answer.reject !== undefined) {
      core.onRefused?.(answer.error);
      core.enqueue(encodeFrame('Reject', answer.reject));
      core.finish(answer.error);
      return false;
    }
    core.enqueue(encodeFrame('Welcome', answer.welcome));
    core.agree(answer.agreement);
    core.ownDeadlineMs = core.nowMs + loginTimeoutMs;
    return true;
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
}

/** 16 to 31 are errors of frames: the first frame is not a Hello. */
export function isOfFrame({ properties: { number } }: ProtocolError): boolean {
  return number >= ERRORS.FOREIGN_PROTOCOL.number && number < ERRORS.UNAUTHENTICATED.number;
}
