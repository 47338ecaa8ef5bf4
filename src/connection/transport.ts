/** An open TCP connection or WebSocket. Received bytes go to its TransportOwner. */
export interface Transport {
  /**
   * On WebSocket, the subprotocol of the server, `''` if none, `null` if the platform does not report it. On TLS, the one of ALPN. Undefined if
   * none was negotiated.
   */
  readonly subprotocol: string | null | undefined;
  /** Bytes that were written and are still buffered. */
  readonly bufferedBytes: number;
  /** Writes one or more whole frames. The caller does not change them afterwards. */
  write(frames: Uint8Array[]): void;
  /** Writes the UTF-8 of a text message, for older clients. The caller does not change it. Undefined if the transport has no texts, as TCP. */
  readonly writeText?: ((text: Uint8Array) => void) | undefined;
  /**
   * Closes the transport after the buffered bytes. Bytes that still arrive are discarded.
   * @param code the close code, only used on WebSocket.
   * @param reason for WebSocket, at most 123 bytes.
   */
  close(code: number, reason: string): void;
  /** Stops and continues reading. Undefined if the transport cannot. */
  readonly pause?: (() => void) | undefined;
  readonly resume?: (() => void) | undefined;
}

/** Callbacks of a transport; a Driver implements them. */
export interface TransportOwner {
  /** Bytes have arrived: on TCP any part of the stream, on WebSocket one binary message. */
  received(bytes: Uint8Array): void;
  /** A text message has arrived on WebSocket. Returns false if no text is expected: then the transport closes, as without this method. */
  text?(text: string): boolean;
  /** The buffer has been written. */
  drained(): void;
  /**
   * The transport has ended, or failed. Called once.
   * @param closeCode on WebSocket, the close code of the peer.
   * @param cause the error with which it failed, if any.
   */
  ended(closeCode?: number, cause?: unknown): void;
}

/** A transport that is being opened. */
export interface Dialing {
  /** Rejects if the transport cannot be opened. */
  readonly transport: Promise<Transport>;
  /** Cancels opening. Does nothing once the transport is open. */
  cancel(): void;
}

/** Opens a transport. */
export type Dial = (subprotocols: readonly string[], owner: TransportOwner) => Dialing;

/** What happens to the network and the device, as a browser reports it. */
export interface NetworkEvents {
  /** The network may be available again, or the application is in front of the user again. */
  online(): void;
  /** The network is gone, or so it seems: connections may be dead. */
  offline(): void;
  /**
   * The device has slept, or the application was frozen.
   * @param hasClockStopped the monotonic clock stood still meanwhile.
   */
  woke(sleptMs: number, hasClockStopped: boolean): void;
}

/** Watches the network. Returns a function that stops it. */
export type WatchNetwork = (events: NetworkEvents) => () => void;

/** The members of AbortSignal that are used. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Groups frames into WebSocket messages: "each binary message contains one or more complete frames and MUST NOT exceed the
 * `max_frame_bytes` of the receiver".
 * @param maxBytes maximum size of a message. No single frame is larger.
 */
export function* messagesOf(frames: Uint8Array[], maxBytes: number): Generator<Uint8Array[]> {
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < frames.length; i++) {
    const { length } = frames[i];
    if (bytes + length > maxBytes && i > start) {
      yield frames.slice(start, i);
      start = i;
      bytes = 0;
    }
    bytes += length;
  }
  yield start === 0 ? frames : frames.slice(start);
}
