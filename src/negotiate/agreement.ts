import { DEFAULT_MAX_FRAME_BYTES } from '../limits.js';

/** What both sides of a connection agreed on, as one of them sees it. */
export interface Agreement {
  /** The version of each frame after the handshake, 1 to 127. */
  readonly version: number;
  /** The features in force, in the order of the client's offer. */
  readonly features: readonly string[];
  /** The largest whole frame, header included, that the peer accepts, in bytes: 16384 to 16777219. */
  readonly maxFrameBytes: number;
  /** The client sends a heartbeat so often, in milliseconds: 1000 to 600000. */
  readonly heartbeatIntervalMs: number;
  /** The server's clock at the time of the Welcome: Unix time in milliseconds. */
  readonly serverTimeMs: bigint;
  /** Identifies the connection in the logs of both sides; may be empty. */
  readonly connectionId: string;
}

/** What a side accepts that announces this max_frame_bytes, in bytes: 0 stands for 1048576. */
export function acceptedFrameBytes(announced: number): number {
  return announced === 0 ? DEFAULT_MAX_FRAME_BYTES : announced;
}
