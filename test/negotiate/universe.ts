// What the tests of negotiation share: a universe of versions small enough to try everything, and plain messages.

import type { Hello, Welcome } from '../../generated/im/protocol/v1/handshake.js';
import type { AnswerOptions } from '../../src/negotiate/index.js';

/** Three versions and one of grease, 10. */
export const UNIVERSE = [1, 2, 3, 10];

/** Every list of distinct items of the universe, in every order, the empty one included: 65 for four items. */
export function arrangements(items: readonly number[]): number[][] {
  const all: number[][] = [[]];
  for (const item of items) {
    const rest = items.filter((other) => other !== item);
    for (const tail of arrangements(rest)) all.push([item, ...tail]);
  }
  return all;
}

/** The same without the empty list: what Hello.versions and the server's versions can be. */
export const LISTS = arrangements(UNIVERSE).filter((list) => list.length > 0);

/** Every subset of the universe without the empty one, ascending: 15 for four items. */
export const SETS = LISTS.filter((list) => list.every((version, i) => i === 0 || version > list[i - 1]));

/** V by the words of the specification, without the code under test: try from the highest version down. */
export function highestCommon(a: readonly number[], b: readonly number[]): number | undefined {
  return [3, 2, 1].find((version) => a.includes(version) && b.includes(version));
}

export function helloWith(fields: Partial<Hello>): Hello {
  return { versions: [1], features: [], maxFrameBytes: 0, agent: '', commandDigests: new Map(), ...fields };
}

export function welcomeWith(fields: Partial<Welcome>): Welcome {
  return {
    version: 1,
    features: [],
    maxFrameBytes: 0,
    heartbeatIntervalMs: 30_000,
    serverTimeMs: 1_700_000_000_000n,
    connectionId: 'c-1',
    versions: [1],
    offeredVersions: [1],
    ...fields,
  };
}

export const SERVER: AnswerOptions = { serverTimeMs: 1_700_000_000_000n, connectionId: 'c-1', versions: [1] };
