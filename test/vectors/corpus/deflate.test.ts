// Features that connections agree on; compressed payloads at the edges of what is allowed.
import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodedVectors } from './decoded.js';
import { constant, schema } from './protocol.js';

const compressed = decodedVectors
  .filter(({ bytes, vector }) => bytes[7] & 1 && vector.settings?.features?.includes('deflate'))
  .map(({ bytes, vector }) => {
    const payload = bytes.subarray(8);
    const room = (vector.settings?.maxFrameBytes ?? constant('DEFAULT_MAX_FRAME_BYTES')) - 8;
    return { payload, room, outcome: vector.error?.code ?? 'accepted' };
  });

it.each([...schema.features])('%s: agreed on, and not', (feature) => {
  expect(decodedVectors.some(({ vector }) => vector.frame && vector.settings?.features?.includes(feature))).toBe(true);
  expect(decodedVectors.some(({ vector }) => vector.error?.code === 'NOT_NEGOTIATED' && !vector.settings?.features)).toBe(true);
});

it('inflated to the limit is accepted, one byte more is refused, and so is a bomb', () => {
  const sized = compressed.flatMap((one) => {
    const plain = inflated(one.payload);
    return plain === undefined ? [] : [{ ...one, over: plain.length - one.room, ratio: plain.length / one.payload.length }];
  });
  expect(sized.filter(({ over }) => over === 0).map(({ outcome }) => outcome)).toContain('accepted');
  expect(sized.filter(({ over }) => over === 1).map(({ outcome }) => outcome)).toContain('DECOMPRESSED_TOO_LARGE');
  expect(sized.filter(({ over, ratio }) => over > 0 && ratio > 500).map(({ outcome }) => outcome)).toContain(
    'DECOMPRESSED_TOO_LARGE',
  );
});

it('a stream that is cut, and one with anything behind it, are refused', () => {
  const good = compressed.filter(({ outcome }) => outcome === 'accepted').map(({ payload }) => Buffer.from(payload));
  const refused = compressed.filter(({ outcome }) => outcome === 'MALFORMED_PAYLOAD').map(({ payload }) => Buffer.from(payload));
  const begins = (longer: Buffer, shorter: Buffer): boolean =>
    longer.length > shorter.length && longer.subarray(0, shorter.length).equals(shorter);
  expect(refused.some((bad) => bad.length > 0 && good.some((whole) => begins(whole, bad)))).toBe(true);
  expect(refused.some((bad) => good.some((whole) => begins(bad, whole)))).toBe(true);
  expect(refused.some((bad) => bad.length === 0)).toBe(true);
});

function inflated(payload: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(payload);
  } catch {
    return undefined;
  }
}
