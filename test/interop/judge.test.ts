import { describe, expect, it } from 'vitest';
import { judgeDecoded, judgeEncoded, judgeRefused, judgeUnvalidated } from '../../scripts/interop/vectors/judge.js';
import { isPlainJson } from '../../scripts/interop/vectors/load.js';
import { STRICTER_THAN_PROTOBUF } from '../../scripts/interop/vectors/stricter-than-protobuf.js';
import * as index from '../../src/index.js';
import * as json from '../../src/json/index.js';
import type { Vector } from '../vectors/load.js';

// UserInfo, 1 on the web, and an unknown field 200 with the value 1.
const hex = '0000000b0103000008011001c00c01';
const message = { userId: '1', terminal: 'TERMINAL_WEB' };
const header = { version: 1, type: 'UserInfo', flags: 0 };
const vector: Vector = { name: 'v', hex, frame: { ...header, message: { ...message, $unknown: 'wAwB' } } };
const refused: Vector = { name: 'r', hex, error: { code: 'TRUNCATED' } };
const installed = { index, json } as Parameters<typeof judgeEncoded>[2];

describe('a decoded frame', () => {
  it('has the value of the vector, its unknown fields aside', () => {
    expect(judgeDecoded(vector, { id: 1, frame: { ...header, message } })).toBeUndefined();
  });

  it('has no other value', () => {
    expect(judgeDecoded(vector, { id: 1, frame: { ...header, message: { userId: '2' } } })).toBe(
      'got {"version":1,"type":"UserInfo","flags":0,"message":{"userId":"2"}}, expected {"version":1,"type":"UserInfo","flags":0,"message":{"userId":"1","terminal":"TERMINAL_WEB"}}',
    );
  });

  it('is there', () => {
    expect(judgeDecoded(vector, { id: 1, error: { code: 'TRUNCATED' } })).toBe('refused with TRUNCATED');
    expect(judgeDecoded(vector, { id: 1, skip: 'why' })).toBe('no JSON: why');
  });

  it('needs no JSON where it has an Any', () => {
    const any: Vector = { name: 'a', frame: { ...header, message: { custom: { '@type': 'x.y/a.B', value: '' } } } };
    expect(judgeDecoded(any, { id: 1 })).toBeUndefined();
  });
});

describe('an encoded frame', () => {
  it('is read by our decoder, unknown fields too', () => {
    expect(judgeEncoded(vector, { id: 1, hex }, installed)).toBeUndefined();
  });

  it('may have its fields in another order', () => {
    const other = '0000000b0103000010010801c00c01';
    expect(judgeEncoded(vector, { id: 1, hex: other }, installed)).toBeUndefined();
  });

  it('loses nothing', () => {
    expect(judgeEncoded(vector, { id: 1, hex: '000000080103000008011001' }, installed)).toMatch(/^got .*expected/);
  });
});

describe('a refusal', () => {
  it('has the code of the vector', () => {
    expect(judgeRefused(refused, { id: 1, error: { code: 'TRUNCATED' } })).toBeUndefined();
    expect(judgeRefused(refused, { id: 1, error: { code: 'FRAME_TOO_SHORT' } })).toBe(
      'refused with FRAME_TOO_SHORT, TRUNCATED is right',
    );
    expect(judgeRefused(refused, { id: 1 })).toBe('accepted, TRUNCATED is right');
  });

  it('is not wanted of rules of fields, but has their code', () => {
    const rule: Vector = { name: 'u', error: { code: 'INVALID_MESSAGE' } };
    expect(judgeUnvalidated(rule, { id: 1 })).toBeUndefined();
    expect(judgeUnvalidated(rule, { id: 1, error: { code: 'INVALID_MESSAGE' } })).toBeUndefined();
    expect(judgeUnvalidated(rule, { id: 1, error: { code: 'TRUNCATED' } })).toBe(
      'refused with TRUNCATED, INVALID_MESSAGE is right',
    );
  });

  it('is wanted of most malformed payloads', () => {
    expect(['truncated-varint', 'utf8-ff', 'varint-eleven-bytes'].filter((name) => STRICTER_THAN_PROTOBUF.test(name))).toEqual(
      [],
    );
  });
});

it('only frames that any ProtoJSON reader takes are asked for by JSON', () => {
  expect(isPlainJson({ name: 'p', frame: { ...header, message } })).toBe(true);
  expect(isPlainJson(vector)).toBe(false);
  expect(isPlainJson(refused)).toBe(false);
});
