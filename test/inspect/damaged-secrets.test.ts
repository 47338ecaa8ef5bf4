// A login whose bytes are damaged anywhere shows no part of its secrets.
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/index.js';
import { inspect, leaves, type Part } from '../../src/inspect/index.js';
import { createDeflate } from '../../src/node/deflate.js';

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.QzX7kWv';
const DEVICE = 'phone-81c2f0';
const SECRETS = [TOKEN, DEVICE];

const login = encodeFrame('SendInfo', {
  cmd: 1,
  sequence: 1,
  data: { $case: 'login', value: { accessToken: TOKEN, deviceId: DEVICE, terminal: 2 } },
});
const plain = encodeFrame('LoginInfo', { accessToken: TOKEN, deviceId: DEVICE, terminal: 2 });
const heartbeat = Buffer.from('0000000d0107000008021001620308e807', 'hex');

/** All that an inspection shows: bytes, values and texts. */
function shown(bytes: Uint8Array): string {
  const options = { deflate: createDeflate() };
  const parts: { part: Part; bytes: Uint8Array }[] = [];
  const collect = (inspection: ReturnType<typeof inspect>): void => {
    for (const part of leaves(inspection)) parts.push({ part, bytes: inspection.bytes });
    const each = (part: Part): void => {
      if (part.inflated !== undefined) collect(part.inflated);
      for (const child of part.parts) each(child);
      parts.push({ part: { ...part, secret: part.secret || part.parts.length > 0 }, bytes: inspection.bytes });
    };
    for (const part of inspection.parts) each(part);
  };
  const inspection = inspect(bytes, options);
  collect(inspection);
  const texts = parts.flatMap(({ part, bytes }) => [
    part.secret ? '|' : Buffer.from(bytes.subarray(part.start, part.end)).toString('latin1'),
    `|${part.name}|${part.text}|${part.path}|`,
    part.value instanceof Uint8Array ? Buffer.from(part.value).toString('latin1') : String(part.value),
    `|${part.problems.map(({ message }) => message).join()}|`,
  ]);
  return texts.join('');
}

/** The parts of secrets, of four characters, that are shown. */
function leaked(bytes: Uint8Array): string[] {
  const text = shown(bytes);
  return SECRETS.flatMap((secret) =>
    Array.from({ length: secret.length - 3 }, (_, i) => secret.slice(i, i + 4)).filter((piece) => text.includes(piece)),
  );
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
};

describe('a damaged login', () => {
  it('shows its secrets only where they are asked for', () => {
    expect(leaked(login)).toEqual([]);
    expect([...leaves(inspect(login, { secrets: true }))].map(({ text }) => text)).toContain(`"${TOKEN}"`);
  });

  for (const [name, frame] of [
    ['SendInfo', login],
    ['LoginInfo', plain],
    ['a login behind another frame', Buffer.concat([heartbeat, login])],
    ['a login in front of another frame', Buffer.concat([login, heartbeat])],
  ] as const) {
    it(`${name}: any bit may be wrong`, () => {
      const bits = Array.from({ length: frame.length * 8 }, (_, bit) => bit);
      expect(bits.filter((bit) => leaked(flipped(frame, bit)).length > 0)).toEqual([]);
    });

    it(`${name}: any of the first bytes may be any other`, () => {
      const start = name.includes('behind') ? heartbeat.length : 0;
      for (let at = start; at < start + 24; at++) {
        // With another frame beside it there is more to inspect: every seventh value is enough.
        for (let value = 0; value < 256; value += name.startsWith('a login') ? 7 : 1) {
          const copy = Buffer.from(frame);
          copy[at] = value;
          expect([at, value, leaked(copy)]).toEqual([at, value, []]);
        }
      }
    });

    it(`${name}: it may be cut off anywhere, at its end or its beginning`, () => {
      for (let at = 0; at <= frame.length; at++) {
        expect([at, leaked(frame.subarray(0, at)), leaked(frame.subarray(at))]).toEqual([at, [], []]);
      }
    });
  }

  it('compressed, which it never may be, whatever type and flags say', () => {
    const payload = createDeflate().deflate(login.subarray(8));
    const compressed = Buffer.concat([login.subarray(0, 6), Buffer.from('0001', 'hex'), payload]);
    compressed.writeUInt32BE(compressed.length - 4);
    expect(leaked(compressed)).toEqual([]);
    for (let bit = 32; bit < 64; bit++) expect([bit, leaked(flipped(compressed, bit))]).toEqual([bit, []]);
    // Stored, not compressed: the bytes are there as they are.
    const stored = Buffer.concat([Buffer.from([1, payload.length, 0, ~payload.length & 255, 255]), login.subarray(8)]);
    const frame = Buffer.concat([compressed.subarray(0, 8), stored]);
    frame.writeUInt32BE(frame.length - 4);
    for (let bit = 32; bit < 72; bit++) expect([bit, leaked(flipped(frame, bit))]).toEqual([bit, []]);
  });
});
