import { describe, expect, test } from 'vitest';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import { assertWritable } from '../../src/codec/lossy-downgrade.js';
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import type { EnumTable, FieldTable, MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';

// A second version of some protocol, made by hand.
const Mood: EnumTable = {
  name: 'test.v2.Mood',
  values: { 0: 'MOOD_UNSPECIFIED', 1: 'MOOD_CALM', 2: 'MOOD_WILD', 3: 'MOOD_SOFT', 4: 'MOOD_ODD' },
  since: { 2: 2, 3: 2, 4: 3 },
  ignorable: [3],
};
const Plain: MessageTable = { name: 'test.v2.Plain', fields: [{ number: 1, name: 'text', type: 'string' }] };
const Poll: MessageTable = {
  name: 'test.v2.Poll',
  since: 2,
  newest: 2,
  fields: [{ number: 1, name: 'question', type: 'string' }],
};
const Note: MessageTable = {
  name: 'test.v2.Note',
  newest: 3,
  fields: [
    { number: 1, name: 'text', type: 'string' },
    { number: 2, name: 'author', type: 'string', since: 2 },
    { number: 3, name: 'shade', json: 'colour', type: 'string', since: 2, ignorable: true },
    { number: 4, name: 'votes', kind: 'list', type: 'int64', since: 2 },
    { number: 5, name: 'scores', kind: 'map', key: 'string', type: 'int32', since: 3 },
    { number: 6, name: 'mood', type: 'enum', enum: () => Mood },
    { number: 7, name: 'moods', kind: 'list', type: 'enum', enum: () => Mood },
    { number: 8, name: 'moodOf', kind: 'map', key: 'string', type: 'enum', enum: () => Mood },
    { number: 9, name: 'notes', kind: 'list', type: 'message', message: () => Note },
    { number: 10, name: 'noteOf', kind: 'map', key: 'int32', type: 'message', message: () => Note },
    { number: 11, name: 'plain', type: 'message', message: () => Plain },
    { number: 12, name: 'poll', type: 'message', message: () => Poll },
    { number: 13, name: 'simple', oneof: 'body', type: 'string' },
    { number: 14, name: 'rich', oneof: 'body', type: 'string', since: 2 },
    { number: 15, name: 'soft', oneof: 'body', type: 'message', message: () => Note, since: 2, ignorable: true },
    { number: 16, name: 'size', type: 'uint32', since: 2, optional: true },
    { number: 17, name: 'bytes', type: 'bytes', since: 2 },
    { number: 18, name: 'weight', type: 'double', since: 2 },
    { number: 19, name: 'ids', type: 'fixed64', since: 2 },
    { number: 20, name: 'flag', type: 'bool', since: 2 },
    { number: 21, name: 'number', type: 'sint32', since: 2 },
  ] satisfies FieldTable[],
};

function thrownBy(call: () => void): ProtocolError | undefined {
  try {
    call();
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  return undefined;
}

const lossy = (message: object, version = 1) => thrownBy(() => assertWritable(Note, message, version));

describe('data that is newer than the frame throws LOSSY_DOWNGRADE', () => {
  test.each<[string, object, string, string]>([
    ['a field', { author: 'x' }, 'author', 'author needs version 2, the frame has version 1'],
    ['a list', { votes: [1n] }, 'votes', 'votes needs version 2, the frame has version 1'],
    ['a map', { scores: new Map([['a', 1]]) }, 'scores', 'scores needs version 3, the frame has version 1'],
    ['bytes', { bytes: Uint8Array.of(0) }, 'bytes', 'bytes needs version 2, the frame has version 1'],
    ['a double that is -0, which is written', { weight: -0 }, 'weight', 'weight needs version 2, the frame has version 1'],
    ['a 64-bit integer', { ids: 1n }, 'ids', 'ids needs version 2, the frame has version 1'],
    ['a bool', { flag: true }, 'flag', 'flag needs version 2, the frame has version 1'],
    ['an optional field with its default', { size: 0 }, 'size', 'size needs version 2, the frame has version 1'],
    [
      'a member of a oneof, with its default too',
      { body: { $case: 'rich', value: '' } },
      'rich',
      'rich needs version 2, the frame has version 1',
    ],
    ['the value of an enum', { mood: 2 }, 'mood', 'mood: MOOD_WILD (2) needs version 2, the frame has version 1'],
    [
      'the value of an enum in a list',
      { moods: [1, 3, 4] },
      'moods[2]',
      'moods[2]: MOOD_ODD (4) needs version 3, the frame has version 1',
    ],
    [
      'the value of an enum in a map',
      { moodOf: new Map([['k"', 2]]) },
      'moodOf["k\\""]',
      'moodOf["k\\""]: MOOD_WILD (2) needs version 2, the frame has version 1',
    ],
    [
      'a field in a list',
      { notes: [{}, { author: 'x' }] },
      'notes[1].author',
      'notes[1].author needs version 2, the frame has version 1',
    ],
    [
      'a field in a map',
      { noteOf: new Map([[-7, { author: 'x' }]]) },
      'noteOf[-7].author',
      'noteOf[-7].author needs version 2, the frame has version 1',
    ],
    [
      'a field at any depth',
      { notes: [{ notes: [{ notes: [{ mood: 2 }] }] }] },
      'notes[0].notes[0].notes[0].mood',
      'notes[0].notes[0].notes[0].mood: MOOD_WILD (2) needs version 2, the frame has version 1',
    ],
    ['a message, in a field that is old', { poll: {} }, 'poll', 'poll: test.v2.Poll needs version 2, the frame has version 1'],
  ])('%s', (_what, message, path, text) => {
    const error = lossy(message);
    expect(error?.message).toBe(`[LOSSY_DOWNGRADE] ${text}`);
    expect(error).toMatchObject({ code: 'LOSSY_DOWNGRADE', path, limit: 1 });
  });

  test('a message as a whole', () => {
    const error = thrownBy(() => assertWritable(Poll, {}, 1));
    expect(error?.message).toBe('[LOSSY_DOWNGRADE] test.v2.Poll needs version 2, the frame has version 1');
    expect(error).toMatchObject({ path: '', limit: 1, actual: 2 });
  });

  test('only up to the version that has it', () => {
    const message = { scores: new Map([['a', 1]]) };
    expect(lossy(message, 2)?.actual).toBe(3);
    expect(lossy(message, 3)).toBeUndefined();
    expect(lossy(message, 4)).toBeUndefined();
    expect(lossy({ author: 'x' }, 2)).toBeUndefined();
    expect(lossy({ mood: 4 }, 2)?.message).toBe('[LOSSY_DOWNGRADE] mood: MOOD_ODD (4) needs version 3, the frame has version 2');
  });
});

describe('data that may be written to an older reader', () => {
  test.each<[string, object]>([
    ['nothing', {}],
    ['what was always there', { text: 'x', mood: 1, plain: { text: 'y' }, body: { $case: 'simple', value: 'z' } }],
    [
      'fields with their defaults',
      { author: '', votes: [], scores: new Map(), bytes: new Uint8Array(0), weight: 0, ids: 0n, flag: false, size: undefined },
    ],
    ['-0 in an integer', { number: -0 }],
    ['an ignorable field', { shade: 'red' }],
    ['an ignorable member of a oneof, with anything in it', { body: { $case: 'soft', value: { author: 'x', mood: 2 } } }],
    ['an ignorable value of an enum', { mood: 3, moods: [3] }],
    ['a number that no enum names', { mood: 77, moods: [-1] }],
    ['unknown fields', { [UNKNOWN_FIELDS]: Uint8Array.of(0xc0, 0x0c, 0x01) }],
    ['what the encoder refuses', { plain: null, notes: 5, noteOf: {}, mood: 'x', body: null }],
  ])('%s', (_what, message) => {
    expect(lossy(message)).toBeUndefined();
  });

  test('everything, in the handshake', () => {
    expect(lossy({ author: 'x' }, 0)).toBeUndefined();
  });
});

test('a message without anything newer is not traversed', () => {
  const untouchable = new Proxy(
    {},
    { get: () => expect.unreachable(), has: () => expect.unreachable(), ownKeys: () => expect.unreachable() },
  );
  expect(thrownBy(() => assertWritable(SendInfoTable, untouchable, 2))).toBeUndefined();
  expect(thrownBy(() => assertWritable(Note, untouchable, 3))).toBeUndefined();
  // Within a message, neither is one of an old type.
  expect(lossy({ plain: untouchable })).toBeUndefined();
});

test('a message that contains itself is left to the encoder', () => {
  const note: { notes: object[] } = { notes: [] };
  note.notes.push(note);
  expect(lossy(note)).toBeUndefined();
});
