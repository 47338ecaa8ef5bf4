import { encodeFrame, type HelloInit, type WelcomeInit } from '../../../src/index.js';

export interface Agreed {
  /** Default: 1. */
  readonly version?: number;
  readonly features?: string[];
  /** Maximum frame size that the client accepts. */
  readonly maxFrameBytes?: number;
}

/** The first frame of a client. */
export function hello({ version = 1, features = [], maxFrameBytes = 0 }: Agreed = {}): Uint8Array {
  const message: HelloInit = { versions: [version], features, maxFrameBytes };
  return encodeFrame('Hello', message, { version: 0 });
}

/** The server's answer: the same version and features. */
export function welcome({ version = 1, features = [] }: Agreed = {}): Uint8Array {
  const message: WelcomeInit = {
    version,
    features,
    heartbeatIntervalMs: 30_000,
    serverTimeMs: 1_767_225_600_000n,
    versions: [version],
    offeredVersions: [version],
  };
  return encodeFrame('Welcome', message, { version: 0 });
}
