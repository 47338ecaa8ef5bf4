// The test vectors, read in a browser: strings, memory and DEFLATE are others there than in Node.
import { beforeAll, describe, expect, test } from 'vitest';
import { figuresOf, outcomeAs } from '../vectors/expected.js';
import { expand, FRAME_FILES, VERSION_2_FRAME_FILES, type Vector, vectorsOf } from '../vectors/load.js';
import { inRealm, PLACES } from './realm.js';
import type { FrameReport, NegotiationReport } from './realm-apis.js';

describe.each(PLACES)('in a %s', (place) => {
  describe.each([...FRAME_FILES, ...VERSION_2_FRAME_FILES])('vectors/%s.json', (file) => {
    const vectors = vectorsOf(file).filter(({ hex }) => hex !== undefined);
    const reports = new Map<Vector, FrameReport>();

    beforeAll(() =>
      inRealm(place, 'vectors', async ({ readFrames }) => {
        for (const [i, report] of (await readFrames(vectors)).entries()) reports.set(vectors[i], report);
      }),
    );

    test.each(vectors.filter(({ frame }) => frame))('$name', (vector) => {
      const { frame, ...rest } = reports.get(vector)!;
      expect(frame).toEqual(expand(vector.frame));
      // Neither an error, nor other bytes than the vector says.
      expect(rest).toEqual({});
    });

    test.each(vectors.filter(({ error }) => error))('$name is refused', (vector) => {
      const { error } = reports.get(vector)!;
      expect(error && figuresOf(error, vector.error!)).toEqual(vector.error);
    });
  });

  describe('vectors/streams.json', () => {
    test.each([1, 7, Number.MAX_SAFE_INTEGER])('in pieces of at most %i bytes', async (pieceBytes) => {
      const vectors = vectorsOf('streams');
      const streams = await inRealm(place, 'vectors', ({ readStreams }) => readStreams(vectors, pieceBytes));
      const seen = streams.map((outcomes, i) => outcomes.map((outcome, k) => outcomeAs(outcome, vectors[i].outcomes?.[k])));
      expect(seen).toEqual(vectors.map(({ outcomes }) => expand(outcomes)));
    });
  });

  describe.each(['handshake', 'version-2/handshake'])('the handshake of vectors/%s.json', (file) => {
    const vectors = vectorsOf(file).filter((vector) => vector.negotiate ?? vector.check);
    const reports = new Map<Vector, NegotiationReport>();

    beforeAll(() =>
      inRealm(place, 'vectors', async ({ negotiate }) => {
        for (const [i, report] of (await negotiate(vectors)).entries()) reports.set(vectors[i], report);
      }),
    );

    test.each(vectors)('$name', (vector) => {
      const { welcome, reject, agreement, error } = (vector.negotiate ?? vector.check)! as NonNullable<Vector['check']>;
      const report = reports.get(vector)!;
      if (vector.negotiate && welcome) expect(report).toEqual({ welcome });
      // What the vector does not name is free: the text, and what else may help.
      else if (vector.negotiate) expect(report.reject).toMatchObject(reject!);
      else if (error) expect(report.error && figuresOf(report.error, error)).toEqual(error);
      else expect(report.agreement).toMatchObject(agreement!);
    });
  });
});
