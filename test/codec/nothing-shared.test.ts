// What is handed out belongs to who asked: changing it changes no later result.
import { describe, expect, it } from 'vitest';
import * as models from '../../generated/models.js';
import { decodeFrame, encodeFrame, errorProperties, type Issue, isProtocolError, ProtocolError } from '../../src/index.js';
import { fromJSON } from '../../src/json/index.js';
import type { Codec } from '../../src/wire/codec.js';
import * as fixtures from '../fixtures/generated/models.js';

type AnyCodec = Codec<object, object>;

const codecs = [...Object.values<unknown>(models), ...Object.values<unknown>(fixtures)].filter(
  (value): value is AnyCodec => typeof value === 'object' && value !== null && 'generated' in value,
);

/** Puts something into all lists, maps and properties of a message. */
function spoil(message: object): void {
  for (const [key, value] of Object.entries(message)) {
    if (Array.isArray(value)) value.push('spoilt');
    else if (value instanceof Map) value.set('spoilt', 1);
    else Object.assign(message, { [key]: 'spoilt' });
  }
}

describe.each(codecs)('$typeName', ({ decode, create, check }) => {
  it('has new defaults in each message that is decoded or created', () => {
    for (const make of [() => decode(new Uint8Array(0)), () => create(), () => create({})]) {
      const before = structuredClone(make());
      spoil(make());
      expect(make()).toEqual(before);
    }
  });

  it('has new issues in each result', () => {
    for (const value of [{}, { more: 1 }, null]) {
      const before = structuredClone(check(value));
      for (let i = 0; i < 3; i++) {
        const issues = check(value);
        for (const issue of issues) Object.assign(issue, { path: 'spoilt', message: 'spoilt' });
        issues.push({ path: 'spoilt', rule: 'spoilt', message: 'spoilt' });
      }
      expect(check(value)).toEqual(before);
    }
  });
});

describe('errors', () => {
  const issuesOf = (run: () => unknown): readonly Issue[] => {
    try {
      run();
    } catch (error) {
      if (isProtocolError(error)) return error.issues ?? [];
    }
    throw new Error('nothing was thrown');
  };

  it.each([
    ['encodeFrame', () => encodeFrame('LoginInfo', {})],
    ['decodeFrame', () => decodeFrame(new Uint8Array([0, 0, 0, 4, 1, 1, 0, 0]))],
    ['fromJSON', () => fromJSON('LoginInfo', { accessToken: 5 })],
  ])('of %s have issues of their own', (_name, run) => {
    const before = structuredClone(issuesOf(run));
    expect(before.length).toBeGreaterThan(0);
    Object.assign(issuesOf(run)[0], { path: 'spoilt' });
    (issuesOf(run) as Issue[]).push({ path: 'spoilt', rule: 'spoilt', message: 'spoilt' });
    expect(issuesOf(run)).toEqual(before);
  });

  it('share their properties, which nobody can change', () => {
    const { properties } = new ProtocolError('INTERNAL', 'x');
    expect(Object.isFrozen(properties)).toBe(true);
    expect(Object.isFrozen(errorProperties(properties.number))).toBe(true);
    expect(() => Object.assign(properties, { retry: true })).toThrow(TypeError);
  });
});
