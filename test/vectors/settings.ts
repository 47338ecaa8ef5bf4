import type { DecodeFrameOptions } from '../../src/codec/decode-frame.js';
import { createDeflate } from '../../src/node/deflate.js';
import type { Vector } from './load.js';

/** The options that a vector's settings stand for. */
export function optionsOf({ settings }: Vector): DecodeFrameOptions {
  return {
    limits: settings?.maxFrameBytes === undefined ? undefined : { maxFrameBytes: settings.maxFrameBytes },
    version: settings?.version,
    deflate: settings?.features?.includes('deflate') ? createDeflate() : undefined,
  };
}
