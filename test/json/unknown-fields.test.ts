import { describe, expect, test } from 'vitest';
import { SendInfo } from '../../generated/models.js';
import { fromJSON, toJSON } from '../../src/json/index.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { thrownBy } from '../thrown-by.js';

// SendInfo { cmd: 2, heartbeat { sent_at_ms: 5, 200: 1 }, 200: "a" }
const bytes = Uint8Array.of(0x08, 0x02, 0x62, 0x05, 0x08, 0x05, 0xc0, 0x0c, 0x01, 0xc2, 0x0c, 0x01, 0x61);

test('unknown fields are left out', () => {
  expect(toJSON('SendInfo', SendInfo.decode(bytes))).toEqual({ cmd: 'COMMAND_HEARTBEAT', heartbeat: { sentAtMs: '5' } });
});

test('unknown fields are kept on request, in each message, and read back', () => {
  const message = SendInfo.decode(bytes);
  const json = toJSON('SendInfo', message, { unknownFields: true });
  expect(json).toEqual({ cmd: 'COMMAND_HEARTBEAT', heartbeat: { sentAtMs: '5', $unknown: 'wAwB' }, $unknown: 'wgwBYQ==' });
  const back = fromJSON('SendInfo', JSON.parse(JSON.stringify(json)));
  expect(back).toEqual(message);
  expect(Buffer.from(SendInfo.encode(back)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
});

test('an empty $unknown is none', () => {
  expect(UNKNOWN_FIELDS in fromJSON('SendInfo', { $unknown: '' })).toBe(false);
  expect(UNKNOWN_FIELDS in fromJSON('SendInfo', { $unknown: null })).toBe(false);
  expect(toJSON('SendInfo', { [UNKNOWN_FIELDS]: new Uint8Array(0) } as object, { unknownFields: true })).toEqual({});
});

describe('$unknown is refused', () => {
  const base64 = (...values: number[]) => Buffer.from(values).toString('base64');

  test.each<[string, unknown, string, string]>([
    ['where it is no base64', '*', 'type', '$unknown: expected base64, got string that is not'],
    [
      'where a field is known: it would pass every check',
      base64(0xc0, 0x0c, 0x01, 0x08, 0x02),
      'unknown_fields',
      '$unknown: field 1 is known, at byte 3',
    ],
    [
      'where a field is cut off',
      base64(0xc2, 0x0c, 0x05, 0x61),
      'unknown_fields',
      '$unknown: length 5, but its parent ends after 1 bytes, at byte 2',
    ],
    ['where a group does not end', base64(0xc3, 0x0c), 'unknown_fields', '$unknown: group 200 does not end, at byte 0'],
    ['where a tag is 0', base64(0x00), 'unknown_fields', '$unknown: tag 0, at byte 0'],
    ['where a tag is cut off', base64(0xc0), 'unknown_fields', '$unknown: truncated tag: got 1 bytes without an end, at byte 0'],
  ])('%s', (_what, $unknown, rule, text) => {
    const error = thrownBy(() => fromJSON('SendInfo', { $unknown }));
    expect(error.message).toBe(`[INVALID_MESSAGE] SendInfo breaks 1 rule: ${text}`);
    expect(error.issues?.[0]).toMatchObject({ path: '$unknown', rule });
  });

  test('with its path', () => {
    const error = thrownBy(() => fromJSON('SendInfo', { heartbeat: { $unknown: base64(0x08, 0x01) } }));
    expect(error.message).toBe('[INVALID_MESSAGE] SendInfo breaks 1 rule: heartbeat.$unknown: field 1 is known, at byte 0');
  });
});
