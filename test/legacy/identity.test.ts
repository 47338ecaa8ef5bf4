// Old -> new -> old is the identity, for random messages of every type, through frames.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, isProtocolError } from '../../src/index.js';
import { parseJson } from '../../src/json/index.js';
import {
  type DecodeLegacyOptions,
  decodeLegacy,
  encodeLegacyAll,
  fromLegacyBody,
  type LegacyBodyInit,
  toLegacyBodies,
} from '../../src/legacy/index.js';
import { SEED } from '../seed.js';
import { bodyText, frameText, PROFILES } from './arbitrary-json.js';

const LIMITS = { limits: { maxFrameBytes: 1_000_000 } };

/** What a caller knows beside the text. */
const options: fc.Arbitrary<DecodeLegacyOptions> = fc.record({
  sequence: fc.constantFrom(0, 5),
  user: fc.constantFrom(undefined, { userId: 7n, terminal: 1 }),
  senderTerminal: fc.constantFrom(undefined, 1, 2, 3, 6, 8),
  callId: fc.constantFrom(undefined, 'c'),
  step: fc.constantFrom(undefined, 5),
  maxBytes: fc.constant(1_000_000),
});

/** The message that is read; undefined for a text that is refused, as random ones are now and then. */
function readOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isProtocolError(error, 'INVALID_MESSAGE')) throw error;
    return undefined;
  }
}

/** JSON without its envelope, if that is a text: what is in it may be written in another order. */
function opened(text: string): unknown {
  const json = parseJson(text) as { message?: unknown };
  return typeof json.message === 'string' ? [parseJson(json.message)] : json;
}

describe.each(PROFILES.map((profile) => [profile.name, profile] as const))(
  `old -> new -> old, %s, seed ${SEED}`,
  (_name, profile) => {
    it('a frame, which does not change the message that was read', () => {
      let read = 0;
      const property = fc.property(frameText(profile), options, (text, known) => {
        const message = readOr(() => decodeLegacy(text, profile, known).message);
        if (message === undefined) return;
        read += 1;
        const sent = decodeFrame(encodeFrame('SendInfo', message, { maxFrameBytes: 1_000_000 }), LIMITS);
        // -0, a missing value or another order would look like a change that a service has made.
        expect(sent.message).toStrictEqual(message);
        expect(encodeLegacyAll(sent, profile).map((one) => parseJson(one))).toEqual([parseJson(text)]);
      });
      fc.assert(property, { seed: SEED, numRuns: 150 });
      expect(read).toBeGreaterThan(100);
    });

    it('a body between services', () => {
      let read = 0;
      const property = fc.property(bodyText(profile), (text) => {
        const body = readOr(() => fromLegacyBody(text, profile));
        if (body === undefined) return;
        read += 1;
        const { message } = decodeFrame(encodeFrame(body.type, body.message, { maxFrameBytes: 1_000_000 }), LIMITS);
        expect(message).toStrictEqual(body.message);
        expect(toLegacyBodies({ ...body, message } as LegacyBodyInit, profile).map(opened)).toEqual([opened(text)]);
      });
      fc.assert(property, { seed: SEED, numRuns: 80 });
      expect(read).toBeGreaterThan(50);
    });
  },
);
