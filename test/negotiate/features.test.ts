import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerHello, checkWelcome, chooseFeatures, createHello } from '../../src/negotiate/index.js';
import { SEED } from '../seed.js';
import { helloWith, SERVER, welcomeWith } from './universe.js';

const NAMES = ['deflate', 'com.example.calls', 'org.example.typing', 'grease.7f3a', 'grease.'];

describe('features', () => {
  it('are in force if both sides have them, in the order of the client', () => {
    const hello = createHello({ features: ['com.example.calls', 'deflate', 'org.example.typing'] });
    const { welcome, agreement } = answerHello(hello, {
      ...SERVER,
      features: ['deflate', 'com.example.calls', 'net.example.other'],
    });
    expect(welcome?.features).toEqual(['com.example.calls', 'deflate']);
    expect(agreement?.features).toEqual(['com.example.calls', 'deflate']);
    expect(checkWelcome(hello, welcome!).features).toEqual(['com.example.calls', 'deflate']);
  });

  it('that the client did not offer are ignored in the Welcome', () => {
    const hello = helloWith({ features: ['deflate'] });
    expect(checkWelcome(hello, welcomeWith({ features: ['com.example.calls', 'deflate'] })).features).toEqual(['deflate']);
    expect(checkWelcome(helloWith({}), welcomeWith({ features: ['deflate'] })).features).toEqual([]);
  });

  it('that are grease are never in force, even if both sides list them', () => {
    const hello = createHello({ versions: [1], features: ['grease.1', 'deflate', 'grease.'] });
    const { welcome, agreement } = answerHello(hello, { ...SERVER, features: ['grease.1', 'grease.', 'deflate'] });
    expect(welcome?.features).toEqual(['deflate']);
    expect(agreement?.features).toEqual(['deflate']);
    expect(checkWelcome(hello, welcomeWith({ features: ['grease.1', 'deflate'] })).features).toEqual(['deflate']);
  });

  it('that only look like grease are ordinary names', () => {
    expect(chooseFeatures(['grease', 'greased.1', 'com.grease.1'], ['com.grease.1', 'greased.1', 'grease'])).toEqual([
      'grease',
      'greased.1',
      'com.grease.1',
    ]);
  });

  it('that are listed twice count once', () => {
    expect(chooseFeatures(['deflate', 'deflate'], ['deflate', 'deflate'])).toEqual(['deflate']);
  });

  it('are none by default', () => {
    expect(answerHello(createHello({ features: ['deflate'] }), SERVER).agreement?.features).toEqual([]);
    expect(answerHello(createHello(), { ...SERVER, features: ['deflate'] }).agreement?.features).toEqual([]);
  });

  it(`are the same for both sides, whatever each has (seed ${SEED})`, () => {
    const some = fc.shuffledSubarray(NAMES);
    fc.assert(
      fc.property(some, some, (offered, supported) => {
        const hello = createHello({ features: offered });
        const { welcome, agreement } = answerHello(hello, { ...SERVER, features: supported });
        const expected = offered.filter((name) => supported.includes(name) && !name.startsWith('grease.'));
        expect(agreement?.features).toEqual(expected);
        expect(checkWelcome(hello, welcome!).features).toEqual(expected);
      }),
      { seed: SEED },
    );
  });
});
