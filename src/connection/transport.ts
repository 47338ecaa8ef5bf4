/** An open transport, TCP or WebSocket: bytes out, and an end. What comes in goes to its LinkOwner. */
export interface Transport {
  /** On WebSocket the subprotocol that the server picked ('' = none), over TLS the one in ALPN; undefined = none was negotiated. */
  readonly subprotocol: string | undefined;
  /** Bytes that were written and have not gone out. */
  readonly bufferedBytes: number;
  /** Writes whole frames, at least one. They belong to the transport, and are not changed by anybody. */
  write(frames: Uint8Array[]): void;
  /**
   * Ends the transport behind what was written. What still arrives is thrown away.
   * @param code the close code, on WebSocket alone: TCP has no place for it.
   * @param reason at most 123 bytes.
   */
  close(code: number, reason: string): void;
  /** Stops and goes on reading, where the transport can. */
  readonly pause?: (() => void) | undefined;
  readonly resume?: (() => void) | undefined;
}

/** Who a transport belongs to. */
export interface TransportOwner {
  /** Bytes have come: of TCP any piece of the stream, of WebSocket one whole binary message. */
  received(bytes: Uint8Array): void;
  /** What was written has gone out. */
  drained(): void;
  /**
   * The transport has ended, or failed. Called once.
   * @param closeCode on WebSocket, the peer's.
   */
  ended(closeCode?: number, cause?: unknown): void;
}

/** A transport that is being opened. */
export interface Dialing {
  /** Rejects where that fails. */
  readonly transport: Promise<Transport>;
  /** Gives up: ends what was opened so far. */
  cancel(): void;
}

/** Opens a transport. */
export type Dial = (subprotocols: readonly string[], owner: TransportOwner) => Dialing;

/** What is used of an AbortSignal. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Frames in groups, each for one WebSocket message: "a binary message holds one or more whole frames and is at most the receiver's
 * max_frame_bytes".
 * @param maxBytes no single frame has more.
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
