// For any bytes: the parts lie side by side, and agree with the decoder.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../../generated/registry.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import { inspect } from '../../src/inspect/index.js';
import { createDeflate } from '../../src/node/deflate.js';
import { messages } from '../arbitrary.js';
import { SEED } from '../seed.js';
import { bytesOf, FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from '../vectors/load.js';
import { gaps, leafBytes } from './outline.js';

const deflate = createDeflate();
const names = Object.keys(REGISTRY.frames) as (keyof typeof REGISTRY.frames)[];
const small = [...FRAME_FILES, ...VERSION_2_FRAME_FILES, 'streams']
  .flatMap(vectorsOf)
  .filter(({ hex }) => hex !== undefined)
  .map(({ hex }) => bytesOf(hex))
  .filter((bytes) => bytes.length < 2000);

/** Frames of random messages, most of which break rules. */
const encoded = fc.constantFrom(...names).chain((name) =>
  messages(REGISTRY.frames[name].codec.generated.table).map((message) => {
    return encodeFrame(name, message as never, { validate: false });
  }),
);
const frames = fc.oneof(encoded, fc.constantFrom(...small));

/** Bytes changed, cut out, put in. */
const mutated = fc
  .tuple(frames, fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'cut', 'put')), { maxLength: 4 }))
  .map(([bytes, changes]) => {
    const list = [...bytes];
    for (const [at, byte, how] of changes) {
      const i = list.length === 0 ? 0 : at % list.length;
      if (how === 'set') list[i] = byte;
      else if (how === 'cut') list.splice(i, 1 + (byte % 5));
      else list.splice(i, 0, byte);
    }
    return Uint8Array.from(list);
  });
const streams = fc.array(fc.oneof(frames, mutated, fc.uint8Array({ maxLength: 40 })), { maxLength: 4 }).map(joined);

function joined(list: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(list);
}

function refusal(bytes: Uint8Array): ProtocolError | undefined {
  try {
    decodeFrame(bytes, { deflate });
    return undefined;
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

describe('for any bytes', () => {
  it(`the leaves, one behind the other, are the bytes (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.oneof(streams, fc.uint8Array({ maxLength: 100 })), fc.boolean(), (bytes, secrets) => {
        const inspection = inspect(bytes, { deflate, secrets });
        expect(gaps(inspection)).toEqual([]);
        expect(Buffer.compare(leafBytes(inspection), bytes)).toBe(0);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it(`something is wrong where a decoder says so, and it says the same first (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.oneof(frames, mutated), (bytes) => {
        const error = refusal(bytes);
        const { problems } = inspect(bytes, { deflate });
        if (error === undefined) expect(problems).toEqual([]);
        else if (/bytes after the frame|^\[TRUNCATED\]/.test(error.message)) return;
        else if (error.issues !== undefined)
          expect(problems.map(({ code, rule, path }) => [code, rule, path])).toEqual(
            error.issues.map(({ rule, path }) => [error.code, rule, path]),
          );
        else {
          expect(problems[0]?.message).toBe(error.message);
          expect(problems[0]?.path).toBe(error.path ?? '');
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it(`with few parts to make, it still ends, and the leaves are the bytes (seed ${SEED})`, () => {
    fc.assert(
      fc.property(streams, fc.nat(40), (bytes, maxParts) => {
        const inspection = inspect(bytes, { deflate, maxParts });
        expect(gaps(inspection)).toEqual([]);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
