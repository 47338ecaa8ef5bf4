/** Counts the frames of connections, in both directions. The numbers only grow. */
export interface Traffic {
  /** Bytes received: frames as they arrive, compressed or not, without the framing of WebSocket and TLS. */
  bytesReceived: number;
  /** Whole frames received, valid or not. */
  framesReceived: number;
  /** Bytes written to the transport, as `bytesReceived`. */
  bytesSent: number;
  /** Frames written to the transport. */
  framesSent: number;
}
