import { describe, expect, expectTypeOf, test } from 'vitest';
import { TextContent, UserInfo } from '../../generated/models.js';
import { anyTypeName, packAny, unpackAny } from '../../src/codec/any.js';
import { thrownBy } from '../thrown-by.js';

interface Poll {
  question: string;
}

const Poll = {
  typeName: 'com.example.chat.v1.Poll',
  encode: (poll: { question?: string }) => new TextEncoder().encode(poll.question ?? ''),
  decode: (bytes: Uint8Array): Poll => ({ question: new TextDecoder().decode(bytes) }),
} as const;

const Vote = {
  typeName: 'com.example.chat.v1.Vote',
  encode: (vote: { choice: number }) => Uint8Array.of(vote.choice),
  decode: (bytes: Uint8Array) => ({ choice: bytes[0] as number }),
} as const;

const packed = { typeUrl: 'type.googleapis.com/com.example.chat.v1.Poll', value: Uint8Array.of(0x68, 0x69) };

describe('packAny', () => {
  test('puts the usual prefix before the name', () => {
    expect(packAny(Poll, { question: 'hi' })).toEqual(packed);
  });

  test('accepts a generated codec', () => {
    expect(packAny(TextContent, { text: 'x' })).toEqual({
      typeUrl: 'type.googleapis.com/im.protocol.v1.TextContent',
      value: Uint8Array.of(0x0a, 0x01, 0x78),
    });
  });

  test.each([
    [254, true],
    [255, true],
    [256, false],
  ])('a type_url of %i bytes', (bytes, fits) => {
    const codec = { ...Poll, typeName: `a.${'b'.repeat(bytes - 22)}` };
    if (fits) {
      expect(packAny(codec, {}).typeUrl).toHaveLength(bytes);
    } else {
      const error = thrownBy(() => packAny(codec, {}));
      expect(error.message).toBe('[INVALID_MESSAGE] typeUrl: got 256 bytes, limit 255');
      expect(error.issues).toEqual([{ path: 'typeUrl', rule: 'type_url', message: 'got 256 bytes, limit 255' }]);
    }
  });

  test.each(['', '.', 'a.', '.a', 'a..b', '1a', 'a.1b', 'a b', 'a-b', 'a.é', 'a/'])('%j is not a full name', (typeName) => {
    expect(thrownBy(() => packAny({ ...Poll, typeName }, {})).message).toBe(
      '[INVALID_MESSAGE] typeUrl: the full name of a message must follow the last /',
    );
  });
});

describe('unpackAny', () => {
  test('finds the codec by the name', () => {
    expect(unpackAny(packed, [Vote, Poll])).toEqual({ typeName: Poll.typeName, message: { question: 'hi' } });
  });

  test.each(['/', 'com.example.chat.v1.Vote/', 'https://example.com/types/', '你好/'])(
    'whatever stands before it: %s',
    (prefix) => {
      expect(unpackAny({ ...packed, typeUrl: `${prefix}com.example.chat.v1.Poll` }, [Poll, Vote])?.typeName).toBe(Poll.typeName);
    },
  );

  test('leaves an unknown type opaque', () => {
    expect(unpackAny(packed, [Vote])).toBeUndefined();
    expect(unpackAny(packed, [])).toBeUndefined();
    expect(unpackAny({ ...packed, typeUrl: 'x/com.example.chat.v1.poll' }, [Poll])).toBeUndefined();
  });

  test('accepts generated codecs', () => {
    const any = packAny(UserInfo, { userId: 7n, terminal: 1 });
    expect(unpackAny(any, [TextContent, UserInfo])).toEqual({
      typeName: 'im.protocol.v1.UserInfo',
      message: { userId: 7n, terminal: 1 },
    });
  });

  test.each([
    ['', 'the full name of a message must follow the last /'],
    ['com.example.chat.v1.Poll', 'the full name of a message must follow the last /'],
    ['a/b c', 'the full name of a message must follow the last /'],
    ['type.googleapis.com/com.example%2EPoll', 'the full name of a message must follow the last /'],
    [`${'汉'.repeat(85)}/a`, 'got 257 bytes, limit 255'],
    [`${'x'.repeat(254)}/a`, 'got 256 bytes, limit 255'],
  ])('refuses the type_url %s', (typeUrl, text) => {
    expect(thrownBy(() => unpackAny({ ...packed, typeUrl }, [Poll])).message).toBe(`[INVALID_MESSAGE] typeUrl: ${text}`);
  });

  test('throws the errors of a codec', () => {
    const any = { typeUrl: 'a/im.protocol.v1.UserInfo', value: Uint8Array.of(0x08) };
    expect(thrownBy(() => unpackAny(any, [UserInfo])).code).toBe('MALFORMED_PAYLOAD');
  });

  test('narrows the message by typeName', () => {
    const result = unpackAny(packed, [Poll, Vote]);
    if (result?.typeName === 'com.example.chat.v1.Poll') expectTypeOf(result.message).toEqualTypeOf<Poll>();
    if (result?.typeName === 'com.example.chat.v1.Vote') expectTypeOf(result.message).toEqualTypeOf<{ choice: number }>();
    expect(result?.typeName).toBe(Poll.typeName);
  });
});

test.each([
  ['type.googleapis.com/a.B', 'a.B'],
  ['/a', 'a'],
  ['a/b/_c.D_1', '_c.D_1'],
  ['a', undefined],
  ['a/', undefined],
  ['', undefined],
])('anyTypeName of %j is %j', (typeUrl, name) => {
  expect(anyTypeName(typeUrl)).toBe(name);
});
