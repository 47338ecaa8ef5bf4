// A Transport over the WebSocket of a browser: a binary message holds one or more whole frames.
import type { Platform } from '../connection/platform.js';
import type { Dial, Transport, TransportOwner } from '../connection/transport.js';
import { kindOf } from '../frame/encode-raw-frame.js';

/** The members of the browser's WebSocket that are used (WebSockets Standard, "The WebSocket interface"). */
export interface WebSocketLike {
  /** Undefined if the platform does not report it, as older React Native. */
  readonly protocol?: string | undefined;
  readonly readyState: number;
  /** Undefined if the platform does not count it, as React Native. */
  readonly bufferedAmount?: number | undefined;
  /** Set to `arraybuffer`. The types of React Native lack it. */
  binaryType?: string;
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

/** What an adapter reports of the network and the application. */
export interface SocketEvents {
  /** The network may be available again, or the application is in front of the user again. */
  online(): void;
  /** The network is gone, or so it seems. */
  offline(): void;
}

/**
 * Opens sockets, for the option `socket` of `connect`: the WebSocket of a platform that differs from a browser. `miniProgramSocket` and
 * `reactNativeSocket` make one.
 */
export interface SocketAdapter {
  /**
   * Opens a socket to `url` and returns it at once. It calls its handlers later, `onclose` also if it cannot be opened. If it throws, the attempt
   * to connect fails.
   * @param subprotocols those to offer, in this order.
   */
  open(url: string, subprotocols: readonly string[]): WebSocketLike;
  /**
   * Watches the network and the application. Returns a function that stops it. Default: the events of a page. Sleep of the device is noticed in
   * any case.
   */
  watch?(events: SocketEvents): () => void;
}

const OPEN = 1;
/** A page may close with 1000 and with codes from this one on (WebSockets Standard, "close"), so not with 1003 for text. */
const FIRST_OWN_CODE = 3000;
/** There is no event for an empty buffer: it is polled at this interval, in milliseconds. */
const POLL_MS = 50;

/** A Dial that opens sockets to a URL. */
export function dialWebSocket(url: string, open: SocketAdapter['open'], platform: Platform): Dial {
  return (subprotocols, owner) => {
    const socket = open(url, subprotocols);
    socket.binaryType = 'arraybuffer';
    let isCancelled = false;
    const transport = new Promise<Transport>((resolve, reject) => {
      const failed = (reason: unknown): void => reject(new Error(failure(reason)));
      socket.onopen = () => {
        // React Native cannot close a socket that is not open yet.
        if (isCancelled) socket.close();
        else resolve(openTransport(socket, owner, platform));
      };
      // Browsers hide the reason: the code is always 1006. If the policy of the page blocks it, Chromium fires `error` without `close`.
      socket.onerror = (event?: { readonly message?: unknown }) => {
        if (event?.message) failed(event.message);
        // React Native tells the reason to `onclose`, which it calls next.
        else platform.soon(() => failed(undefined));
      };
      socket.onclose = (event?: { readonly reason?: unknown }) => failed(event?.reason);
    });
    return {
      transport,
      cancel() {
        if (socket.readyState === OPEN) return;
        isCancelled = true;
        socket.close();
      },
    };
  };
}

/** React Native and mini-programs give a reason. */
function failure(reason: unknown): string {
  const text = 'the WebSocket could not be opened';
  return typeof reason === 'string' && reason !== '' ? `${text}: ${reason}` : text;
}

function openTransport(socket: WebSocketLike, owner: TransportOwner, platform: Platform): Transport {
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
        platform.setTimer(poll, POLL_MS);
        return;
      }
      isWaiting = false;
      owner.drained();
    };
    platform.setTimer(poll, POLL_MS);
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
