// How the peer learns of an error.
import { Command, createReject, ERRORS, type ErrorInfoInit, encodeFrame, type ProtocolError, type SendInfo } from '@im/protocol';
import type { FrameConnection } from '../net/frame-connection.js';
import { SERVER_VERSIONS } from './server-versions.js';

/** So many characters never take more than the 512 bytes that ErrorInfo.message may have. */
const MAX_CHARACTERS = 170;

/** "A first frame that is no valid Hello is answered by Reject MALFORMED_HELLO." */
export function tellBadHello(error: ProtocolError, frames: FrameConnection): void {
  if (error.properties.local) return;
  const reject = createReject('MALFORMED_HELLO', { message: textOf(error), versions: SERVER_VERSIONS });
  frames.write(encodeFrame('Reject', reject));
}

/**
 * After the handshake.
 * @param request what failed, if it was a request.
 * @param closes the connection is closed for it.
 */
export function tellError(error: ProtocolError, request: SendInfo | undefined, closes: boolean, frames: FrameConnection): void {
  if (error.properties.local) return;
  const replyTo = request?.sequence ?? 0;
  // "Closing on TCP: ERROR with the code first"; on WebSocket the close code tells it, but a request gets its reply.
  const isTcp = frames.transport.subprotocol === undefined;
  if (closes && !isTcp && replyTo === 0) return;
  const command = request?.cmd ?? Command.UNSPECIFIED;
  const value: ErrorInfoInit = { code: ERRORS[error.code].number, message: textOf(error), command };
  frames.send({ cmd: Command.ERROR, replyTo, data: { $case: 'error', value } });
}

/** Without the code, which goes as a number. */
function textOf({ code, message }: ProtocolError): string {
  return message.slice(`[${code}] `.length).slice(0, MAX_CHARACTERS).toWellFormed();
}
