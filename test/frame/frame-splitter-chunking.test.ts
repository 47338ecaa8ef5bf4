import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter, isProtocolError } from '../../src/frame/index.js';
import { SEED } from '../seed.js';
import { hex, join, toHex } from './hex.js';
import { outcomeOf, thrownBy } from './outcome.js';

/** A frame with its length written by hand, not by the code under test. */
const frame = fc
  .record({
    version: fc.constantFrom(0, 1, 2, 0x5a, 0x7c, 255),
    type: fc.nat(255),
    flags: fc.nat(65_535),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ version, type, flags, payload }) => {
    const length = payload.length + 4;
    return join(Uint8Array.of(0, 0, length >> 8, length & 255, version, type, flags >> 8, flags & 255), payload);
  });

/** What may stand at the end of a stream: nothing, part of a frame, broken framing, anything. */
const tail = fc.oneof(
  fc.constant(hex('')),
  fc.tuple(frame, fc.nat(300)).map(([bytes, end]) => bytes.slice(0, Math.min(end, bytes.length - 1))),
  fc.constantFrom(
    hex('00 00 00 00 00 00 00 09 7b'),
    hex('00 00 00 09 7b 7d'),
    hex('00 00 00 03 01 07'),
    hex('00 00 02 00 01 07 00'),
    hex('00 ff ff ff'),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
);

const stream = fc.tuple(fc.array(frame, { maxLength: 12 }), tail).map(([frames, rest]) => join(...frames, rest));

/** Positions at which a stream is cut: mostly small chunks, empty ones among them. */
const cutsOf = (bytes: Uint8Array) => fc.array(fc.nat(bytes.length), { maxLength: 60 }).map((cuts) => cuts.sort((a, b) => a - b));

/** Frames of more than 300 bytes are over the limit, so that all errors occur. */
const options = { maxFrameBytes: 300 };

describe(`FrameSplitter under any chunking (seed ${SEED})`, () => {
  it('delivers the same frames and the same error: code, offset, figures, text', () => {
    const streamAndCuts = stream.chain((bytes) => fc.tuple(fc.constant(bytes), cutsOf(bytes)));
    fc.assert(
      fc.property(streamAndCuts, ([bytes, cuts]) => {
        expect(outcomeOf(bytes, cuts, options)).toEqual(outcomeOf(bytes, [], options));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('delivers each frame once, in order, whatever onFrame does: go on, stop, throw', () => {
    const scenario = stream.chain((bytes) =>
      fc.record({
        bytes: fc.constant(bytes),
        cuts: cutsOf(bytes),
        deeds: fc.array(fc.constantFrom('go on', 'stop', 'throw'), { minLength: 13, maxLength: 13 }),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ bytes, cuts, deeds }) => {
        expect(deliveredWith(bytes, cuts, deeds)).toEqual(outcomeOf(bytes, [], options));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('accounts for every byte as delivered or pending', () => {
    const streamAndCuts = stream.chain((bytes) => fc.tuple(fc.constant(bytes), cutsOf(bytes)));
    fc.assert(
      fc.property(streamAndCuts, ([bytes, cuts]) => {
        const splitter = new FrameSplitter(options);
        let delivered = 0;
        let at = 0;
        for (const cut of cuts) {
          const onFrame = (_: Uint8Array, start: number, end: number) => {
            delivered += end - start;
          };
          const error = thrownBy(() => splitter.push(bytes.slice(at, cut), onFrame));
          expect(splitter.bytesRead).toBe(delivered);
          if (error !== undefined) return;
          expect(splitter.bytesRead + splitter.pendingBytes).toBe(cut);
          at = cut;
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

/** The outcome where onFrame does something at each frame, and empty chunks fetch what it stopped in front of. */
function deliveredWith(bytes: Uint8Array, cuts: readonly number[], deeds: readonly string[]) {
  const splitter = new FrameSplitter(options);
  const frames: string[] = [];
  const failure = new Error('of the application');
  const onFrame = (buffer: Uint8Array, start: number, end: number) => {
    const deed = deeds[frames.length];
    frames.push(toHex(buffer, start, end));
    if (deed === 'throw') throw failure;
    return deed !== 'stop';
  };
  const chunks = [...cuts, bytes.length].map((cut, i) => bytes.slice(i === 0 ? 0 : cuts[i - 1], cut));
  const fetches = deeds.map(() => hex(''));
  for (const call of [...[...chunks, ...fetches].map((chunk) => () => splitter.push(chunk, onFrame)), () => splitter.end()]) {
    const error = thrownBy(call);
    if (!isProtocolError(error)) continue;
    const { code, offset, limit, actual, message } = error;
    return { frames, error: { code, offset, limit, actual, message } };
  }
  return { frames };
}
