import { encodeFrame, type HelloInit, type WelcomeInit } from '../../../src/index.js';

export interface Agreed {
  readonly features?: string[];
  /** Maximum frame size that the client accepts. */
  readonly maxFrameBytes?: number;
}

/** The first frame of a client. */
export function hello({ features = [], maxFrameBytes = 0 }: Agreed = {}): Uint8Array {
  const message: HelloInit = { versions: [1], features, maxFrameBytes };
  return encodeFrame('Hello', message, { version: 0 });
}

/** The server's answer: version 1 and the same features. */
export function welcome({ features = [] }: Agreed = {}): Uint8Array {
  const message: WelcomeInit = {
    version: 1,
    features,
    heartbeatIntervalMs: 30_000,
    serverTimeMs: 1_767_225_600_000n,
    versions: [1],
    offeredVersions: [1],
  };
  return encodeFrame('Welcome', message, { version: 0 });
}
