/** What a connection needs of TCP or WebSocket: bytes in, bytes out, and an end. */
export interface Transport {
  /** What the server picked on WebSocket, '' = nothing; undefined = TCP. */
  readonly subprotocol: string | undefined;
  /** The bytes as they arrive: of TCP any pieces of the stream, of WebSocket one item a message. It ends with the connection, or with `close`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Resolves when the connection has ended, on WebSocket with the close code of the peer or, if it gave none, with 1005 or 1006. */
  readonly closed: Promise<number | undefined>;
  send(bytes: Uint8Array): void;
  /**
   * Ends the connection when what was sent is out. What still arrives is thrown away.
   * @param code the peer sees it on WebSocket alone: TCP has no place for it.
   */
  close(code?: number, reason?: string): void;
}

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections and ends those that are open. */
  close(): Promise<void>;
}

/** Only this machine reaches what listens here. */
export const LOOPBACK = '127.0.0.1';

/** How many chunks wait for a slow reader before the transport is paused. */
export const CHUNKS_AHEAD = 64;
