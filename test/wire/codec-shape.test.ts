import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { HeartbeatInfo, SendInfo, TopicMessage } from '../../src/index.js';

setFlagsFromString('--allow-natives-syntax');
const haveSameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

test('all codecs have one shape, which every frame depends on', () => {
  expect(haveSameShape({ a: 1 }, { b: 1 })).toBe(false);
  expect(haveSameShape(SendInfo, TopicMessage)).toBe(true);
  expect(haveSameShape(SendInfo, HeartbeatInfo)).toBe(true);
});

test('the name of a codec is enumerable, and survives a copy', () => {
  expect(Object.keys(SendInfo)).toContain('typeName');
  expect({ ...SendInfo }.typeName).toBe('im.protocol.v1.SendInfo');
});
