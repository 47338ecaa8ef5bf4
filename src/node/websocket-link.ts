// Frames over WebSocket, by ws: a binary message holds one or more whole frames.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Link, LinkOwner } from '../connection/link.js';
import { WRITE_AHEAD_BYTES } from '../limits.js';
import { joined } from './joined.js';
import { websocketFrame } from './websocket-frame.js';

/** "text is a legacy client or close 1003" (RFC 6455, section 7.4.1). */
const UNSUPPORTED_DATA = 1003;

/** @param socket of a server, what lies under the WebSocket; undefined on a client, whose messages ws has to mask. */
export function websocketLink(websocket: WebSocket, owner: LinkOwner, socket?: Duplex): Link {
  let isClosing = false;
  let isEnded = false;
  const end = (closeCode: number | undefined, cause?: unknown): void => {
    if (isEnded) return;
    isEnded = true;
    owner.ended(closeCode, cause);
  };
  /** Closes; ws cuts off a peer that does not close in its turn, after its `closeTimeout`. */
  const close = (code?: number, reason?: string): void => {
    isClosing = true;
    websocket.resume();
    websocket.close(code, reason);
  };
  // A broken WebSocket frame, or one that is too large: ws has closed with the right code already.
  websocket.on('error', (error) => {
    if (websocket.readyState !== websocket.CLOSED) close();
    end(undefined, error);
  });
  websocket.on('message', (data, isBinary) => {
    if (isClosing) return;
    if (isBinary) owner.received(data as Buffer);
    else {
      close(UNSUPPORTED_DATA, 'binary messages only');
      end(undefined, new Error('a text message'));
    }
  });
  websocket.once('close', (code) => end(code));
  const bufferedBytes = (): number => socket?.writableLength ?? websocket.bufferedAmount;
  /** The data of the last ping that was not answered: "MAY elect to send a Pong frame for only the most recently processed Ping frame". */
  let ping: Buffer | undefined;
  const answerPing = (): void => {
    if (ping === undefined || websocket.readyState !== websocket.OPEN || bufferedBytes() >= WRITE_AHEAD_BYTES) return;
    websocket.pong(ping, undefined, answerPing);
    ping = undefined;
  };
  const drained = (): void => {
    answerPing();
    owner.drained();
  };
  websocket.on('ping', (data) => {
    ping = data;
    answerPing();
  });
  socket?.on('drain', drained);
  return {
    get subprotocol() {
      return websocket.protocol;
    },
    get bufferedBytes() {
      return bufferedBytes();
    },
    write(frames) {
      if (websocket.readyState !== websocket.OPEN) return;
      // ws writes header and payload apart, which costs a server a third of its fan-out.
      if (socket !== undefined) socket.write(websocketFrame(frames));
      else websocket.send(joined(frames), drained);
    },
    close,
    pause: () => websocket.pause(),
    resume: () => websocket.resume(),
  };
}
