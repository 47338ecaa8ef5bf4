import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { TopicMessage } from '../../src/index.js';

/** The fields of a TopicMessage: topic 1, tag 2, keys 3, messageGroup 4. */
const TOPIC = 10;
const TAG = 18;
const KEY = 26;
const GROUP = 34;
const PROPERTY = 50;

function field(tag: number, text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text as string);
  if (bytes.length > 127) return Buffer.concat([Buffer.of(tag, (bytes.length & 127) | 128, bytes.length >>> 7), bytes]);
  return Buffer.concat([Buffer.of(tag, bytes.length), bytes]);
}

function property(key: string, value: string): Buffer {
  return field(PROPERTY, Buffer.concat([field(10, key), field(18, value)]));
}

const HEAD = [field(TOPIC, 'im_message_private_17'), field(TAG, 'PRIVATE_MESSAGE')];
const A = 'a'.repeat(30);

describe('strings in a row', () => {
  test('are the same as one by one, whatever their lengths', () => {
    for (let length = 0; length <= 140; length++) {
      const key = 'k'.repeat(length);
      const decoded = TopicMessage.decode(Buffer.concat([...HEAD, field(KEY, key), field(GROUP, A), property('region', key)]));
      expect(decoded).toMatchObject({
        topic: 'im_message_private_17',
        tag: 'PRIVATE_MESSAGE',
        keys: [key],
        messageGroup: A,
        properties: new Map([['region', key]]),
      });
    }
  });

  test('may have characters of 2 to 4 bytes, anywhere', () => {
    for (const text of ['é', '你好，世界', '😀', `${A}é`, `é${A}`, '\ufeff', '\u0080', '\u007f']) {
      const decoded = TopicMessage.decode(
        Buffer.concat([...HEAD, field(KEY, text), field(KEY, A), property(text, text), property(A, A)]),
      );
      expect(decoded.keys).toEqual([text, A]);
      expect([...decoded.properties]).toEqual([
        [text, text],
        [A, A],
      ]);
    }
  });

  test('may be longer together than a run is searched: 1,024 bytes', () => {
    const keys = Array.from({ length: 40 }, (_, i) => `${i}`.padStart(40, '-'));
    for (const count of [23, 24, 25, 40]) {
      const some = keys.slice(0, count);
      expect(TopicMessage.decode(Buffer.concat([...HEAD, ...some.map((key) => field(KEY, key))])).keys).toEqual(some);
    }
  });

  test('are invalid where their UTF-8 is, at the same offset', () => {
    const before = Buffer.concat([...HEAD, field(KEY, A)]);
    const bytes = Buffer.concat([before, field(GROUP, Uint8Array.of(0x61, 0xe4, 0xbd)), field(KEY, A)]);
    expect(() => TopicMessage.decode(bytes)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_PAYLOAD', path: 'messageGroup', offset: before.length + 2 }),
    );
  });

  test('are truncated where the input ends', () => {
    const bytes = Buffer.concat([...HEAD, field(KEY, A), field(GROUP, A), property('region', A)]);
    let valid = 0;
    for (let end = 0; end <= bytes.length; end++) {
      // A copy, so that nothing after the end can be read.
      const part = Uint8Array.from(bytes.subarray(0, end));
      try {
        TopicMessage.decode(part);
        valid++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'MALFORMED_PAYLOAD' });
      }
    }
    // Between the fields: 6 places.
    expect(valid).toBe(6);
  });

  test('after another field are read one by one', () => {
    const deliverAt = Buffer.of(40, 1);
    const decoded = TopicMessage.decode(Buffer.concat([deliverAt, ...HEAD, field(KEY, A)]));
    expect(decoded).toMatchObject({ deliverAtMs: 1n, tag: 'PRIVATE_MESSAGE', keys: [A] });
  });

  test('within a larger array, and behind an offset', () => {
    const bytes = Buffer.concat([Buffer.alloc(7, 0x41), ...HEAD, field(KEY, A), Buffer.alloc(60, 0x1a)]);
    const view = bytes.subarray(7, bytes.length - 60);
    expect(TopicMessage.decode(view)).toMatchObject({ topic: 'im_message_private_17', keys: [A] });
    expect(TopicMessage.decode(new Uint8Array(view.buffer, view.byteOffset, view.length)).keys).toEqual([A]);
  });
});
