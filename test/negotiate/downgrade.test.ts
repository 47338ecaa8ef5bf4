import { describe, expect, it } from 'vitest';
import type { Welcome } from '../../generated/im/protocol/v1/handshake.js';
import { isProtocolError } from '../../src/errors.js';
import { answerHello, checkReject, checkWelcome, createHello } from '../../src/negotiate/index.js';
import { thrownBy } from '../thrown-by.js';
import { arrangements, helloWith, highestCommon, LISTS, SERVER, SETS, UNIVERSE, welcomeWith } from './universe.js';

/** What a client with this Hello makes of a Welcome. */
function outcome(offered: readonly number[], welcome: Welcome, subprotocol?: string): number | string {
  try {
    return checkWelcome(helloWith({ versions: [...offered] }), welcome, { subprotocol }).version;
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return error.code;
  }
}

/** Every handshake of the universe that ends in a Welcome. */
const WELCOMES = LISTS.flatMap((offered) =>
  SETS.flatMap((versions) => {
    const { welcome } = answerHello(helloWith({ versions: offered }), { ...SERVER, versions });
    return welcome ? [{ offered, versions, welcome }] : [];
  }),
);

/** One manipulation: what the client made of it, and what it should have made. Thousands of them are compared at once. */
class Outcomes {
  readonly #wrong: unknown[] = [];
  #tried = 0;

  note(got: number | string, expected: number | string, about: unknown): void {
    this.#tried++;
    if (got !== expected) this.#wrong.push({ got, expected, about });
  }

  expectRight(tried: number): void {
    expect(this.#wrong).toEqual([]);
    expect(this.#tried).toBe(tried);
  }
}

describe('a Welcome that was changed on its way', () => {
  it('is detected for every other version', () => {
    const outcomes = new Outcomes();
    for (const { offered, welcome } of WELCOMES) {
      for (const version of [0, ...UNIVERSE, 4, 127].filter((other) => other !== welcome.version)) {
        outcomes.note(outcome(offered, { ...welcome, version }), 'DOWNGRADE_DETECTED', { offered, welcome, version });
      }
    }
    outcomes.expectRight(WELCOMES.length * 6);
  });

  it('is detected for every other list of versions that leads to another choice, the empty one included', () => {
    const outcomes = new Outcomes();
    for (const { offered, welcome } of WELCOMES) {
      for (const versions of [[], ...SETS]) {
        const sameChoice = highestCommon(offered, versions) === welcome.version;
        const expected = sameChoice ? welcome.version : 'DOWNGRADE_DETECTED';
        outcomes.note(outcome(offered, { ...welcome, versions }), expected, { offered, welcome, versions });
      }
    }
    outcomes.expectRight(WELCOMES.length * 16);
  });

  it('is detected for every other offered_versions: edited, reordered, cut off, grown, emptied', () => {
    const outcomes = new Outcomes();
    const echoes = [...arrangements(UNIVERSE), [1, 1], [1, 2, 3, 10, 4]];
    for (const { offered, welcome } of WELCOMES) {
      for (const offeredVersions of echoes) {
        const expected = offeredVersions.join() === offered.join() ? welcome.version : 'DOWNGRADE_DETECTED';
        outcomes.note(outcome(offered, { ...welcome, offeredVersions }), expected, { offered, welcome, offeredVersions });
      }
    }
    outcomes.expectRight(WELCOMES.length * 67);
  });

  it('is detected for every subprotocol but that of the version, and the plain one', () => {
    const outcomes = new Outcomes();
    const names = ['', 'im', 'im.v1', 'im.v2', 'im.v3', 'im.v10', 'im.v01', 'im.v', 'IM', 'IM.v1', 'im.v1 ', 'chat', 'mqtt'];
    for (const { offered, welcome } of WELCOMES) {
      for (const subprotocol of names) {
        const fits = subprotocol === 'im' || subprotocol === `im.v${welcome.version}`;
        const expected = fits ? welcome.version : 'DOWNGRADE_DETECTED';
        outcomes.note(outcome(offered, welcome, subprotocol), expected, { offered, welcome, subprotocol });
      }
    }
    outcomes.expectRight(WELCOMES.length * 13);
  });

  it('is not looked at for a subprotocol over TCP', () => {
    expect(checkWelcome(helloWith({}), welcomeWith({}), { subprotocol: undefined }).version).toBe(1);
    expect(checkWelcome(helloWith({}), welcomeWith({}), {}).version).toBe(1);
  });
});

describe('a Hello that was changed on its way', () => {
  it('never leads to an agreement, and never hides a version that the server would have taken', () => {
    const outcomes = new Outcomes();
    for (const arrived of LISTS) {
      for (const versions of SETS) {
        const answer = answerHello(helloWith({ versions: arrived }), { ...SERVER, versions });
        for (const sent of LISTS.filter((other) => other.join() !== arrived.join())) {
          const about = { sent, arrived, versions };
          if (answer.welcome) {
            outcomes.note(outcome(sent, answer.welcome), 'DOWNGRADE_DETECTED', about);
          } else {
            const expected = highestCommon(sent, versions) === undefined ? 'NO_COMMON_VERSION' : 'DOWNGRADE_DETECTED';
            outcomes.note(checkReject(helloWith({ versions: sent }), answer.reject).code, expected, about);
          }
        }
      }
    }
    outcomes.expectRight(64 * 63 * 15);
  });

  it('is detected by the list of the server when the echo was forged as well', () => {
    const { welcome } = answerHello(createHello({ versions: [1] }), { ...SERVER, versions: [1, 2] });
    expect(outcome([1, 2], { ...welcome!, offeredVersions: [1, 2] })).toBe('DOWNGRADE_DETECTED');
  });
});

describe('the error of a downgrade', () => {
  const hello = helloWith({ versions: [2, 10, 1] });
  const welcome = welcomeWith({ version: 2, versions: [1, 2], offeredVersions: [2, 10, 1] });

  it('names both lists when the echo differs', () => {
    const error = thrownBy(() => checkWelcome(hello, { ...welcome, offeredVersions: [1] }));
    expect(error.message).toBe('[DOWNGRADE_DETECTED] Welcome.offered_versions: got 1, the Hello offered 2, 10, 1');
    expect(error).toMatchObject({ code: 'DOWNGRADE_DETECTED', path: 'offeredVersions', closeCode: 4006 });
    expect(error.properties).toMatchObject({ closes: true, reconnect: false, local: true });
  });

  it('names the version that the client expects', () => {
    const error = thrownBy(() => checkWelcome(hello, { ...welcome, version: 1 }));
    expect(error.message).toBe(
      '[DOWNGRADE_DETECTED] Welcome.version: expected 2 (the highest common version), got 1 (the Hello offered 2, 10, 1, Welcome.versions lists 1, 2)',
    );
    expect(error).toMatchObject({ path: 'version', actual: 1 });
  });

  it('says so when there is no common version at all', () => {
    const error = thrownBy(() => checkWelcome(hello, { ...welcome, versions: [] }));
    expect(error.message).toBe(
      '[DOWNGRADE_DETECTED] Welcome.version: expected none (the highest common version), got 2 (the Hello offered 2, 10, 1, Welcome.versions lists none)',
    );
  });

  it('names the subprotocols that would be right', () => {
    const error = thrownBy(() => checkWelcome(hello, welcome, { subprotocol: 'im.v1' }));
    expect(error.message).toBe('[DOWNGRADE_DETECTED] subprotocol: expected "im.v2" or "im" for version 2, got "im.v1"');
  });

  it('names the version that a NO_COMMON_VERSION lists although it was offered', () => {
    const error = checkReject(hello, { code: 1, message: '', versions: [3, 1], retryAfterMs: 0 });
    expect(error.message).toBe(
      '[DOWNGRADE_DETECTED] the server found no common version, but 1 is common: the Hello offered 2, 10, 1, the Reject lists 3, 1',
    );
    expect(error).toMatchObject({ code: 'DOWNGRADE_DETECTED', path: 'versions', actual: 1 });
  });
});
