import { describe, expect, it } from 'vitest';
import { checkAny } from '../../generated/google/protobuf/any.codec.js';
import { issue } from './issue.js';

describe('type_url of an Any', () => {
  it.each(['type.googleapis.com/google.protobuf.Any', '/A', '/_a.b_1.C9', 'https://a/b/c.D', '类型/a.B', ' /a'])(
    '%j names a message',
    (typeUrl) => {
      expect(checkAny({ typeUrl })).toBeUndefined();
    },
  );

  it.each([
    '',
    'a.B',
    '/',
    'a/',
    'a/.B',
    'a/B.',
    'a/b..C',
    'a/1b',
    'a/b.1c',
    'a/b-c',
    'a/b c',
    'a/类',
    'a/b/',
    'a/b\u0000',
    'a/Ł',
    'a/@',
    'a/`',
    'a/{',
  ])('%j names none', (typeUrl) => {
    expect(checkAny({ typeUrl })).toEqual([issue('typeUrl', 'type_url', 'the full name of a message must follow the last /')]);
  });

  it('has at most 255 bytes', () => {
    expect(checkAny({ typeUrl: `/${'a'.repeat(253)}` })).toBeUndefined();
    expect(checkAny({ typeUrl: `/${'a'.repeat(254)}` })).toBeUndefined();
    expect(checkAny({ typeUrl: `/${'a'.repeat(255)}` })).toEqual([issue('typeUrl', 'type_url', 'got 256 bytes, limit 255')]);
    expect(checkAny({ typeUrl: `${'你'.repeat(84)}/ab` })).toBeUndefined();
    expect(checkAny({ typeUrl: `${'你'.repeat(84)}/abc` })).toEqual([issue('typeUrl', 'type_url', 'got 256 bytes, limit 255')]);
  });

  it('is needed', () => {
    expect(checkAny({})).toEqual([issue('typeUrl', 'type_url', 'the full name of a message must follow the last /')]);
  });
});
