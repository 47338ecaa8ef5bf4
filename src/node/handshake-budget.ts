import type { Duplex } from 'node:stream';
import type { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES, HANDSHAKE_MAX_FRAME_BYTES, READ_CHUNK_BYTES } from '../limits.js';

/** The bytes of a WebSocket before LOGIN. */
interface Budget {
  readonly connection: ServerConnection;
  totalBytes: number;
  /** Since the last whole message. */
  messageBytes: number;
  /** Number of messages that have arrived. */
  messages: number;
}

const BUDGET = Symbol('budget');

type Watched = Duplex & { [BUDGET]: Budget | undefined };

/**
 * Limits the bytes of a WebSocket before LOGIN. ws has one limit for the whole connection, and would buffer a large message of an
 * unauthenticated client; and the session does not see pings, pongs and fragments.
 * @param socket below the WebSocket, to which ws listens already.
 */
export function watchBudget(socket: Duplex, connection: ServerConnection): void {
  (socket as Watched)[BUDGET] = { connection, totalBytes: 0, messageBytes: 0, messages: connection.driver.receivedChunks };
  socket.on('data', judge);
}

/** The limit is over: the client is authenticated, or gone. Does nothing for a socket without a limit. */
export function unwatchBudget(socket: Duplex): void {
  const watched = socket as Watched;
  if (watched[BUDGET] === undefined) return;
  watched[BUDGET] = undefined;
  socket.off('data', judge);
}

/** ws has read the chunk. */
function judge(this: Duplex, chunk: Uint8Array): void {
  const budget = (this as Watched)[BUDGET];
  // It was removed while the chunk was read.
  if (budget === undefined) return;
  const { connection } = budget;
  const { receivedChunks } = connection.driver;
  budget.totalBytes += chunk.length;
  // A chunk that completes a message does not count.
  budget.messageBytes = receivedChunks === budget.messages ? budget.messageBytes + chunk.length : 0;
  budget.messages = receivedChunks;
  const isOver = connection.user !== undefined || connection.state === 'closed';
  const error = isOver ? undefined : excess(budget);
  if (isOver || error !== undefined) unwatchBudget(this);
  if (error === undefined) return;
  connection.close(error);
  // ws would continue to buffer: discard further bytes.
  this.removeAllListeners('data');
  this.resume();
}

function excess({ messageBytes, totalBytes }: Budget): ProtocolError | undefined {
  // A chunk may contain more than the message.
  if (messageBytes > HANDSHAKE_MAX_FRAME_BYTES + READ_CHUNK_BYTES)
    return new ProtocolError('FRAME_TOO_LARGE', `a WebSocket message before LOGIN exceeds ${HANDSHAKE_MAX_FRAME_BYTES} bytes`, {
      limit: HANDSHAKE_MAX_FRAME_BYTES,
    });
  if (totalBytes <= ANONYMOUS_MAX_BYTES) return undefined;
  const text = `${totalBytes} bytes before LOGIN was accepted, limit ${ANONYMOUS_MAX_BYTES}`;
  return new ProtocolError('RATE_LIMITED', text, { limit: ANONYMOUS_MAX_BYTES, actual: totalBytes });
}
