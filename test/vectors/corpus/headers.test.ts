// The header at its edges: versions, types, flags, lengths.
import { describe, expect, it } from 'vitest';
import { allVectorsOf } from '../load.js';
import { decodedVectors } from './decoded.js';
import { constant, frameTypes, schema } from './protocol.js';

/** What becomes of the frames whose header has this: `accepted`, or a code. */
function outcomesOf(
  has: (header: { version: number; type: number; flags: number; length: number; maxFrameBytes: number }) => boolean,
): string[] {
  return decodedVectors
    .filter(({ bytes, vector }) => bytes.length >= 4 && has(headerOf(bytes, vector.settings?.maxFrameBytes)))
    .map(({ vector }) => vector.error?.code ?? 'accepted');
}

function headerOf(bytes: Uint8Array, maxFrameBytes = constant('DEFAULT_MAX_FRAME_BYTES')) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (read: () => number): number => (bytes.length >= 8 ? read() : -1);
  return {
    version: at(() => bytes[4]),
    type: at(() => bytes[5]),
    flags: at(() => view.getUint16(6)),
    length: view.getUint32(0),
    maxFrameBytes,
  };
}

describe('a version byte', () => {
  const newest = constant('PROTOCOL_VERSION');

  it.each([0, newest])('%i is accepted', (version) => {
    expect(outcomesOf((header) => header.version === version)).toContain('accepted');
  });

  it.each([newest + 1, constant('ASSIGNED_VERSIONS_END') - 1, constant('ASSIGNED_VERSIONS_END'), 255])(
    '%i is refused',
    (version) => {
      expect(new Set(outcomesOf((header) => header.version === version))).toEqual(new Set(['UNSUPPORTED_VERSION']));
    },
  );

  it('other than the one agreed on is refused', () => {
    expect(
      decodedVectors.some(({ vector, bytes }) => vector.settings?.version !== undefined && bytes[4] !== vector.settings.version),
    ).toBe(true);
  });
});

describe('a type byte', () => {
  const first = constant('FIRST_APPLICATION_TYPE');
  const known = [...frameTypes.keys()];
  const beside = known.flatMap((type) => [type - 1, type + 1]).filter((type) => !frameTypes.has(type));

  it.each([...new Set([...beside, 0, first - 1, first, 255])])('%i is refused', (type) => {
    expect(outcomesOf((header) => header.type === type && header.version <= constant('PROTOCOL_VERSION'))).toContain(
      'UNSUPPORTED_TYPE',
    );
  });

  it.each(known.map((type) => [type, schema.settings.message(frameTypes.get(type)!)!.handshake ? 1 : 0]))(
    '%i is refused with version %i',
    (type, version) => {
      expect(outcomesOf((header) => header.type === type && header.version === version)).toContain('UNSUPPORTED_TYPE');
    },
  );
});

describe('a flag bit', () => {
  const bits = Array.from({ length: 16 }, (_, i) => 1 << i);
  const critical = constant('CRITICAL_FLAGS');
  const known = constant('FLAG_COMPRESSED') | constant('FLAG_IGNORABLE');

  it.each(bits)('%i alone, on a frame of version 1', (bit) => {
    const found = outcomesOf((header) => header.flags === bit && header.version === 1);
    expect(found).toContain(bit & critical & ~known ? 'UNSUPPORTED_FLAGS' : 'accepted');
  });

  it.each(bits.filter((bit) => bit & critical))('%i is refused in the handshake', (bit) => {
    expect(outcomesOf((header) => header.flags === bit && header.version === 0)).toContain('UNSUPPORTED_FLAGS');
  });
});

describe('a length', () => {
  const least = constant('MIN_LENGTH');
  const most = constant('MAX_LENGTH');

  it(`${least} is accepted, less is FRAME_TOO_SHORT`, () => {
    expect(outcomesOf(({ length }) => length === least)).toContain('accepted');
    for (let length = 0; length < least; length++) {
      expect(outcomesOf((header) => header.length === length)).toContain('FRAME_TOO_SHORT');
    }
  });

  it(`${most} is FRAME_TOO_LARGE by default, and more belongs to another protocol`, () => {
    expect(outcomesOf(({ length }) => length === most)).toContain('FRAME_TOO_LARGE');
    expect(outcomesOf(({ length }) => length === most + 1)).toEqual(['FOREIGN_PROTOCOL']);
  });

  it.each([constant('DEFAULT_MAX_FRAME_BYTES'), constant('HANDSHAKE_MAX_FRAME_BYTES')])(
    'a frame of %i bytes is accepted at that limit, one more byte is not',
    (max) => {
      expect(outcomesOf(({ length, maxFrameBytes }) => maxFrameBytes === max && 4 + length === max)).toContain('accepted');
      expect(outcomesOf(({ length, maxFrameBytes }) => maxFrameBytes === max && 4 + length === max + 1)).toContain(
        'FRAME_TOO_LARGE',
      );
    },
  );
});

it('versions that are offered have vectors at their ends', () => {
  const offered = allVectorsOf('handshake').flatMap(
    ({ negotiate }) => (negotiate?.hello as { versions?: number[] } | undefined)?.versions ?? [],
  );
  expect(offered).toEqual(expect.arrayContaining([1, 2, 127, ...schema.constants.get('GREASE_VERSIONS')!.map(Number)]));
});
