import { describe, expect, it } from 'vitest';
import { pipelineVersion } from '../../src/negotiate/index.js';
import { helloWith } from './universe.js';

const cases: [why: string, versions: number[], subprotocol: string | undefined, version: number | undefined][] = [
  ['over TCP with one version', [1], undefined, 1],
  ['over TCP with one version besides grease', [10, 1, 122], undefined, 1],
  ['not over TCP with two versions', [1, 2], undefined, undefined],
  ['not over TCP with grease alone', [10], undefined, undefined],
  ['on WebSocket in the version that the subprotocol settles', [1, 2, 3], 'im.v2', 2],
  ['not on WebSocket with the plain subprotocol, even with one version', [1], 'im', undefined],
  ['not on WebSocket without a subprotocol', [1], '', undefined],
  ['not on WebSocket with a version that was not offered', [1, 2], 'im.v3', undefined],
  ['not on WebSocket with grease', [1, 10], 'im.v10', undefined],
  ['not on WebSocket with a foreign subprotocol', [1], 'mqtt', undefined],
];

describe('a client sends Hello and LOGIN in one flight', () => {
  it.each(cases)('%s', (_why, versions, subprotocol, version) => {
    const hello = helloWith({ versions });
    expect(pipelineVersion(hello, subprotocol)).toBe(version);
  });
});
