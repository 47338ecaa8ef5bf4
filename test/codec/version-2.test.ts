// A protocol in its second version, which is in test/fixtures alone: `since`, `ignorable` and LOSSY_DOWNGRADE through the frame codec.
import { expect, test } from 'vitest';
import { createDecodeFrame } from '../../src/codec/decode-frame.js';
import { createEncodeFrame } from '../../src/codec/encode-frame.js';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { FrameEncoder } from '../../src/codec/frame-encoder.js';
import type { MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import type { NoteInit } from '../fixtures/generated/im/fixture/v2/protocol.js';
import { Attachment } from '../fixtures/generated/models.js';
import { type FrameMessages, REGISTRY } from '../fixtures/generated/registry.js';
import { hex, join } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const encodeFrame = createEncodeFrame(REGISTRY);
const decodeFrame = createDecodeFrame(REGISTRY);

/** The same protocol as a release of version 1 knows it: newer fields are unknown to it, and so is the newer message. */
const FIRST = { version: 1, frames: { Note: { ...REGISTRY.frames.Note } } };

test('a frame gets the lowest version that has everything it contains', () => {
  const rows: readonly [note: NoteInit, version: number][] = [
    [{}, 1],
    [
      {
        text: 'a',
        mood: 1,
        attachments: [{ url: 'u' }],
        byName: new Map([['k', { url: 'u' }]]),
        body: { $case: 'plain', value: '' },
      },
      1,
    ],
    // Ignorable: an older reader may be sent it.
    [{ colour: 'red', mood: 3 }, 1],
    // Defaults are not written.
    [{ author: '', votes: [], attachments: [{ pages: 0 }] }, 1],
    [{ author: 'a' }, 2],
    [{ mood: 2 }, 2],
    [{ votes: [0n] }, 2],
    [{ attachments: [{}, { pages: 1 }] }, 2],
    [{ byName: new Map([['k', { pages: 1 }]]) }, 2],
    [{ body: { $case: 'rich', value: '' } }, 2],
  ];
  for (const [note, version] of rows) expect([encodeFrame('Note', note)[4], note]).toEqual([version, note]);
  expect(encodeFrame('Poll', {})[4]).toBe(2);
});

test.each<[note: NoteInit, path: string, text: string]>([
  [{ author: 'a' }, 'author', 'author needs version 2, the frame has version 1'],
  [{ mood: 2 }, 'mood', 'mood: MOOD_WILD (2) needs version 2, the frame has version 1'],
  [{ votes: [1n] }, 'votes', 'votes needs version 2, the frame has version 1'],
  [{ attachments: [{}, { pages: 1 }] }, 'attachments[1].pages', 'attachments[1].pages needs version 2, the frame has version 1'],
  [{ byName: new Map([['k', { pages: 1 }]]) }, 'byName["k"].pages', 'byName["k"].pages needs version 2, the frame has version 1'],
  [{ body: { $case: 'rich', value: '' } }, 'rich', 'rich needs version 2, the frame has version 1'],
])('version 1 cannot carry %o', (note, path, text) => {
  for (const validate of [true, false]) {
    expect(thrownBy(() => encodeFrame('Note', note, { version: 1, validate }))).toMatchObject({
      code: 'LOSSY_DOWNGRADE',
      message: `[LOSSY_DOWNGRADE] ${text}`,
      path,
      limit: 1,
      actual: 2,
    });
  }
  const encoder = new FrameEncoder({ version: 1 }, REGISTRY);
  expect(thrownBy(() => encoder.push('Note', note)).code).toBe('LOSSY_DOWNGRADE');
  expect(encoder.length).toBe(0);
  expect(encodeFrame('Note', note, { version: 2 })[4]).toBe(2);
  // A version that nobody has yet has everything.
  expect(encodeFrame('Note', note, { version: 3 })[4]).toBe(3);
});

test('a message that is new as a whole needs its version', () => {
  expect(thrownBy(() => encodeFrame('Poll', { question: 'q' }, { version: 1 })).message).toBe(
    '[LOSSY_DOWNGRADE] im.fixture.v2.Poll needs version 2, the frame has version 1',
  );
  expect(encodeFrame('Poll', { question: 'q' }, { version: 2 })).toEqual(hex('00 00 00 07 02 02 00 00 0a 01 71'));
});

test('types and rules are checked before the version', () => {
  expect(thrownBy(() => encodeFrame('Note', { author: 5 as unknown as string }, { version: 1 })).code).toBe('INVALID_MESSAGE');
  expect(thrownBy(() => encodeFrame('Note', { author: 'a', text: 'too long a text' }, { version: 1 })).message).toBe(
    '[INVALID_MESSAGE] Note breaks 1 rule: text: got 15 bytes, limit 10',
  );
});

test('ignorable data is written in a frame of version 1', () => {
  const bytes = hex('00 00 00 0c 01 01 00 00 0a 01 61 10 03 22 01 72');
  expect(encodeFrame('Note', { text: 'a', mood: 3, colour: 'r' }, { version: 1 })).toEqual(bytes);
  expect(encodeFrame('Note', { text: 'a', mood: 3, colour: 'r' })).toEqual(bytes);
});

test('unknown fields are exempt: they are written in any version', () => {
  const unknown = hex('f8 7d 01');
  const note = { text: 'a', [UNKNOWN_FIELDS]: unknown } as NoteInit;
  expect(encodeFrame('Note', note, { version: 1 })).toEqual(join(hex('00 00 00 0a 01 01 00 00 0a 01 61'), unknown));
});

test('a reader accepts 1 up to its newest version, and on a connection the negotiated version', () => {
  const first = encodeFrame('Note', { text: 'a' });
  const second = encodeFrame('Note', { text: 'a', author: 'b' });
  expect(decodeFrame(first).version).toBe(1);
  expect(decodeFrame(second)).toMatchObject({ version: 2, message: { author: 'b' } });
  expect(thrownBy(() => decodeFrame(encodeFrame('Note', {}, { version: 3 }))).message).toBe(
    '[UNSUPPORTED_VERSION] version 3 at byte 4, expected 1 to 2',
  );
  expect(thrownBy(() => decodeFrame(first, { version: 2 })).message).toBe(
    '[UNSUPPORTED_VERSION] version 1 at byte 4, expected 2 (negotiated)',
  );
  const decoder = new FrameDecoder<FrameMessages>({ version: 1 }, REGISTRY);
  expect(decoder.push(join(first, second)).map(({ type, version }) => [type, version])).toEqual([
    ['Note', 1],
    ['invalid', 2],
  ]);
  decoder.version = 2;
  expect(decoder.push(second)).toMatchObject([{ type: 'Note', message: { author: 'b' } }]);
});

test('a release of version 1 refuses a frame of version 2, and a type that it does not know', () => {
  const decodeFirst = createDecodeFrame(FIRST as typeof REGISTRY);
  expect(thrownBy(() => decodeFirst(encodeFrame('Note', { author: 'a' })))).toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: '[UNSUPPORTED_VERSION] version 2 at byte 4, expected 1 to 1',
    limit: 1,
    actual: 2,
  });
  expect(thrownBy(() => decodeFirst(hex('00 00 00 04 01 02 00 00'))).message).toBe(
    '[UNSUPPORTED_TYPE] type 2 at byte 5, which is unknown',
  );
});

test('a release of version 1 keeps ignorable data as unknown fields, and forwards it', () => {
  // The codec of another message, which has no field 4, stands for the older release of Note: url = text, pages = mood.
  const frame = encodeFrame('Note', { text: 'a', mood: 3, colour: 'red' }, { version: 1 });
  const older = Attachment.decode(frame.subarray(8));
  expect(older).toEqual({ url: 'a', pages: 3, [UNKNOWN_FIELDS]: hex('22 03 72 65 64') });
  expect(Attachment.encode(older)).toEqual(frame.subarray(8));
  expect(decodeFrame(join(frame.subarray(0, 8), Attachment.encode(older))).message).toMatchObject({
    text: 'a',
    mood: 3,
    colour: 'red',
  });
});

test('the tables have the newest version in each message, at any depth', () => {
  const newest = ({ generated: { table } }: { generated: { table: MessageTable } }): number | undefined => table.newest;
  expect([newest(REGISTRY.frames.Note.codec), newest(REGISTRY.frames.Poll.codec)]).toEqual([2, 2]);
});
