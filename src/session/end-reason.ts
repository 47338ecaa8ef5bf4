import { isProtocolError, ProtocolError } from '../errors.js';
import { CLOSE_CODE_BASE } from '../limits.js';
import { peerError } from '../negotiate/peer-error.js';
import type { FrameReader } from './frame-reader.js';

/** "WebSocket close code = 4000 + number": four thousand and up to here is for applications of WebSocket (RFC 6455, section 7.4.2). */
const CLOSE_CODE_END = 5000;

/**
 * Why a transport has ended: what the close code of a WebSocket says; TRUNCATED inside a frame; else CLOSED.
 * @param closeCode of a WebSocket; undefined = TCP.
 */
export function endReason(reader: FrameReader, closeCode: number | undefined): ProtocolError {
  const text = closeCode === undefined ? 'the peer closed' : `the peer closed with code ${closeCode}`;
  // 1000 to 1015 are not about the protocol.
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
