// A Transport over the WebSocket of a browser: a binary message holds one or more whole frames.
import type { Dial, Transport, TransportOwner } from '../connection/transport.js';
import { kindOf } from '../frame/encode-raw-frame.js';

/** The members of the browser's WebSocket that are used (WebSockets Standard, "The WebSocket interface"). */
export interface WebSocketLike {
  /** Undefined if the platform does not report it, as older React Native. */
  readonly protocol?: string | undefined;
  readonly readyState: number;
  /** Undefined if the platform does not count it, as React Native. */
  readonly bufferedAmount?: number | undefined;
  binaryType: string;
  // `never` accepts handlers of any event type, so that the DOM's WebSocket is assignable.
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** The constructor `globalThis.WebSocket`, or one that behaves like it. */
export type WebSocketConstructor = new (url: string, subprotocols: string[]) => WebSocketLike;

const OPEN = 1;
/** A page may close with 1000 and with codes from this one on (WebSockets Standard, "close"), so not with 1003 for text. */
const FIRST_OWN_CODE = 3000;
/** There is no event for an empty buffer: it is polled at this interval, in milliseconds. */
const POLL_MS = 50;

/** A Dial that opens WebSockets to a URL. */
export function dialWebSocket(url: string, Constructor: WebSocketConstructor): Dial {
  return (subprotocols, owner) => {
    const socket = new Constructor(url, [...subprotocols]);
    socket.binaryType = 'arraybuffer';
    const transport = new Promise<Transport>((resolve, reject) => {
      socket.onopen = () => resolve(openTransport(socket, owner));
      // Browsers hide the reason: the code is always 1006. If the policy of the page blocks it, Chromium fires `error` without `close`.
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
  const buffered = (): number => socket.bufferedAmount ?? 0;
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
      new Error(
        typeof data === 'string' ? 'expected a binary message, got text' : `expected an ArrayBuffer, got ${kindOf(data)}`,
      ),
    );
  };
  socket.onclose = ({ code }: { readonly code: number }) => end(code);
  const waitForDrain = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    const poll = (): void => {
      if (socket.readyState === OPEN && buffered() > 0) {
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
      return socket.protocol ?? null;
    },
    get bufferedBytes() {
      return buffered();
    },
    write(frames) {
      if (socket.readyState !== OPEN) return;
      // Frames are never in shared memory.
      socket.send(concatFrames(frames) as Uint8Array<ArrayBuffer>);
      if (buffered() > 0) waitForDrain();
    },
    close(code, reason) {
      isClosing = true;
      if (code === 1000 || code >= FIRST_OWN_CODE) socket.close(code, reason);
      else socket.close();
    },
  };
}

/** The bytes of a binary message. It may be of another realm, which `instanceof` does not recognize. */
function bytesOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return kindOf(data) === 'ArrayBuffer' ? new Uint8Array(data as ArrayBuffer) : undefined;
}

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
