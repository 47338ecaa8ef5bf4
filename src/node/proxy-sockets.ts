import type { Socket } from 'node:net';
import { isProtocolError, ProtocolError } from '../errors.js';
import { startDeadline } from './deadline.js';
import { type ProxyHeader, readProxyHeader } from './proxy-header.js';

/**
 * Reads the PROXY header of a socket, and pauses the socket after it. The bytes that follow are read again.
 * @param done called once, unless the socket closes before: with the address of the client, undefined if the header has none; or with an error.
 */
export function takeProxyHeader(
  socket: Socket,
  timeoutMs: number,
  done: (source: string | undefined, error?: ProtocolError) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const end = (): void => {
    cancel();
    socket.off('data', take);
    socket.off('close', end);
  };
  const fail = (error: ProtocolError): void => {
    end();
    done(undefined, error);
  };
  const take = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = readOr(bytes);
    if (isProtocolError(header)) fail(header);
    if (header === undefined || isProtocolError(header)) return;
    end();
    socket.pause();
    if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
    done(header.source);
  };
  const cancel = startDeadline(
    () => fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no PROXY header of a trusted proxy within ${timeoutMs} ms`)),
    timeoutMs,
  );
  socket.on('error', () => {});
  socket.on('data', take);
  socket.on('close', end);
}

function readOr(bytes: Buffer): ProxyHeader | ProtocolError | undefined {
  try {
    return readProxyHeader(bytes);
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}
