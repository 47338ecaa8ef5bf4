// Frames over the WebSocket of a browser: a binary message holds one or more whole frames.
import type { Dial, Transport, TransportOwner } from '../connection/transport.js';
import { kindOf } from '../frame/encode-raw-frame.js';

const OPEN = 1;
/** The codes that a page may close with are 1000 and these (WebSockets Standard, "close"); "text is ... close 1003" is not for it to say. */
const FIRST_OWN_CODE = 3000;
/** There is no event for bytes that have gone out: the wait for them is measured in turns of this length, in milliseconds. */
const POLL_MS = 50;

/** Opens WebSockets to this address. */
export function dialWebSocket(url: string, Constructor: WebSocketConstructor): Dial {
  return (subprotocols, owner) => {
    const socket = new Constructor(url, [...subprotocols]);
    socket.binaryType = 'arraybuffer';
    const transport = new Promise<Transport>((resolve, reject) => {
      socket.onopen = () => resolve(openTransport(socket, owner));
      // A browser does not tell a page why: the code is always 1006. What the policy of the page stops has an error in Chromium, and no close.
      const failed = (): void => reject(new Error('the WebSocket could not be opened'));
      socket.onerror = failed;
      socket.onclose = failed;
    });
    return {
      transport,
      cancel() {
        if (socket.readyState !== OPEN) socket.close();
      },
    };
  };
}

function openTransport(socket: WebSocketLike, owner: TransportOwner): Transport {
  let isClosing = false;
  let isEnded = false;
  let isWaiting = false;
  const end = (closeCode?: number, cause?: unknown): void => {
    if (isEnded) return;
    isEnded = true;
    owner.ended(closeCode, cause);
  };
  socket.onmessage = ({ data }: { readonly data: unknown }) => {
    if (isClosing) return;
    const bytes = bytesOf(data);
    if (bytes !== undefined) {
      owner.received(bytes);
      return;
    }
    isClosing = true;
    socket.close();
    end(
      undefined,
      new Error(typeof data === 'string' ? 'expected a binary message, got text' : `a message of type ${kindOf(data)}`),
    );
  };
  socket.onclose = ({ code }: { readonly code: number }) => end(code);
  const waitForDrain = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    const poll = (): void => {
      if (socket.readyState === OPEN && socket.bufferedAmount > 0) {
        setTimeout(poll, POLL_MS);
        return;
      }
      isWaiting = false;
      owner.drained();
    };
    setTimeout(poll, POLL_MS);
  };
  return {
    get subprotocol() {
      return socket.protocol;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    write(frames) {
      if (socket.readyState !== OPEN) return;
      // None of our frames is shared between threads.
      socket.send(concatFrames(frames) as Uint8Array<ArrayBuffer>);
      if (socket.bufferedAmount > 0) waitForDrain();
    },
    close(code, reason) {
      isClosing = true;
      if (code === 1000 || code >= FIRST_OWN_CODE) socket.close(code, reason);
      else socket.close();
    },
  };
}

/** The bytes of a binary message, of whatever realm: tests and frames hand over what `instanceof` does not know. */
function bytesOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return kindOf(data) === 'ArrayBuffer' ? new Uint8Array(data as ArrayBuffer) : undefined;
}

/** Frames as one array, for one message. */
function concatFrames(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length === 1) return frames[0];
  let length = 0;
  for (const frame of frames) length += frame.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

/** What is used of the browser's WebSocket. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  // `never`: handlers of any event may stand here, the browser's own types too.
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** Its constructor: `globalThis.WebSocket`, or one that behaves like it. */
export type WebSocketConstructor = new (url: string, subprotocols: string[]) => WebSocketLike;
