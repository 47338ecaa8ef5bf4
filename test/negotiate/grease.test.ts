import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerHello,
  checkReject,
  checkWelcome,
  createHello,
  isGreaseFeature,
  isGreaseVersion,
  pipelineVersion,
  subprotocolsFor,
  withGrease,
} from '../../src/negotiate/index.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { SEED } from '../seed.js';
import { helloWith, SERVER } from './universe.js';

/** Gives these numbers one after the other, and fails when there is no further one. */
function numbers(...list: number[]): () => number {
  return () => {
    const next = list.shift();
    if (next === undefined) throw new Error('more numbers were asked for');
    return next;
  };
}

describe('what is grease', () => {
  it('is every version of the form 16 n + 10, and no other', () => {
    const all = Array.from({ length: 256 }, (_, version) => version).filter(isGreaseVersion);
    expect(all).toEqual([10, 26, 42, 58, 74, 90, 106, 122]);
  });

  it('is every feature that begins with grease.', () => {
    expect(['grease.', 'grease.0a1b', 'grease.x.y'].map(isGreaseFeature)).toEqual([true, true, true]);
    expect(['grease', 'greasy.1', 'com.grease.1', 'Grease.1', '', 'deflate'].some(isGreaseFeature)).toBe(false);
  });
});

describe('withGrease', () => {
  it('puts one version and one feature where the numbers say', () => {
    const hello = helloWith({ versions: [1, 2], features: ['deflate'] });
    expect(withGrease(hello, numbers(0, 0, 0, 0))).toEqual({
      ...hello,
      versions: [10, 1, 2],
      features: ['grease.0000', 'deflate'],
    });
    expect(withGrease(hello, numbers(0.999, 0.999, 0.99999, 0.999))).toEqual({
      ...hello,
      versions: [1, 2, 122],
      features: ['deflate', 'grease.ffff'],
    });
    expect(withGrease(hello, numbers(0.5, 0.5, 0.5, 0.5))).toEqual({
      ...hello,
      versions: [1, 74, 2],
      features: ['deflate', 'grease.8000'],
    });
  });

  it('is a copy: the Hello stays as it was, and shares nothing with it', () => {
    const hello = createHello({ features: ['deflate'], agent: 'a/1' });
    const before = structuredClone(hello);
    const greased = withGrease(hello, () => 0);
    greased.versions.push(9);
    greased.features.push('x');
    greased.commandDigests.clear();
    expect(hello).toEqual(before);
  });

  it('keeps the fields that this release does not know', () => {
    const unknown = new Uint8Array([0x32, 0x01, 0x61]);
    const hello = { ...helloWith({}), [UNKNOWN_FIELDS]: unknown };
    expect(withGrease(hello, () => 0)).toMatchObject({ [UNKNOWN_FIELDS]: unknown });
  });

  it('leaves out a version that is there already', () => {
    const hello = helloWith({ versions: [10, 1] });
    expect(withGrease(hello, () => 0).versions).toEqual([10, 1]);
  });

  it('leaves out what has no room: 31 entries grow to 32, and 32 stay', () => {
    const versions = (count: number) => Array.from({ length: count }, (_, i) => 91 + i);
    const features = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);
    const lengths = (count: number) => {
      const greased = withGrease(helloWith({ versions: versions(count), features: features(count) }), () => 0);
      return [greased.versions.length, greased.features.length];
    };
    expect(lengths(30)).toEqual([31, 31]);
    expect(lengths(31)).toEqual([32, 32]);
    expect(lengths(32)).toEqual([32, 32]);
  });

  it('leaves the other list greased when one has no room', () => {
    const features = Array.from({ length: 32 }, (_, i) => `f${i}`);
    const greased = withGrease(helloWith({ features }), () => 0);
    expect([greased.versions, greased.features]).toEqual([[10, 1], features]);
  });

  it(`changes nothing of what is agreed, refused or pipelined (seed ${SEED})`, () => {
    const some = fc.shuffledSubarray([1, 2, 3], { minLength: 1 });
    const random = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(some, some, random, (offered, versions, stream) => {
        const plain = createHello({ versions: offered, features: ['deflate'] });
        const greased = withGrease(plain, () => stream.next().value);
        expect(greased.versions.filter((version) => !isGreaseVersion(version))).toEqual(offered);
        expect(greased.versions).toHaveLength(offered.length + 1);
        expect(subprotocolsFor(greased.versions)).toHaveLength(offered.length + 2);
        expect(pipelineVersion(greased)).toBe(pipelineVersion(plain));
        const options = { ...SERVER, versions, features: ['deflate'] };
        const [a, b] = [answerHello(plain, options), answerHello(greased, options)];
        expect(b.agreement).toEqual(a.agreement);
        if (a.welcome && b.welcome) expect(checkWelcome(greased, b.welcome)).toEqual(checkWelcome(plain, a.welcome));
        if (b.reject) expect(checkReject(greased, b.reject).code).toBe('NO_COMMON_VERSION');
      }),
      { seed: SEED },
    );
  });
});

describe('grease of both sides', () => {
  it('is echoed, but never chosen', () => {
    const hello = createHello({ versions: [10, 1] });
    const { welcome } = answerHello(hello, { ...SERVER, versions: [1, 10] });
    expect(welcome).toMatchObject({ version: 1, versions: [1, 10], offeredVersions: [10, 1] });
    expect(checkWelcome(hello, welcome!).version).toBe(1);
  });

  it('is no common version, and no downgrade when the Reject lists it', () => {
    const hello = createHello({ versions: [10, 2] });
    const { reject } = answerHello(hello, { ...SERVER, versions: [1, 10] });
    expect(reject).toMatchObject({ code: 1, versions: [1, 10] });
    expect(checkReject(hello, reject!).code).toBe('NO_COMMON_VERSION');
  });
});
