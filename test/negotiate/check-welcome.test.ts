import { describe, expect, it } from 'vitest';
import { checkWelcome } from '../../src/negotiate/index.js';
import { thrownBy } from '../thrown-by.js';
import { issuesOf } from './issues-of.js';
import { helloWith, welcomeWith } from './universe.js';

const hello = helloWith({});

describe('checkWelcome', () => {
  it('returns the agreement', () => {
    const welcome = welcomeWith({ maxFrameBytes: 65_536 });
    expect(checkWelcome(hello, welcome)).toEqual({
      version: 1,
      features: [],
      maxFrameBytes: 65_536,
      heartbeatIntervalMs: 30_000,
      serverTimeMs: 1_700_000_000_000n,
      connectionId: 'c-1',
    });
  });

  it('shares no list with the Welcome, and leaves both messages as they were', () => {
    const sent = helloWith({ features: ['deflate'] });
    const welcome = welcomeWith({ features: ['deflate'] });
    const before = structuredClone({ sent, welcome });
    const agreement = checkWelcome(sent, welcome);
    expect({ sent, welcome }).toEqual(before);
    welcome.features.push('x');
    sent.features.push('x');
    expect(agreement.features).toEqual(['deflate']);
  });

  it('refuses a Welcome that breaks another rule, at the first step over its limit', () => {
    const issues = (fields: Parameters<typeof welcomeWith>[0]) => issuesOf(() => checkWelcome(hello, welcomeWith(fields)));
    expect(issues({ heartbeatIntervalMs: 999 })).toEqual(['heartbeatIntervalMs min']);
    expect(issues({ heartbeatIntervalMs: 1000 })).toEqual([]);
    expect(issues({ heartbeatIntervalMs: 600_000 })).toEqual([]);
    expect(issues({ heartbeatIntervalMs: 600_001 })).toEqual(['heartbeatIntervalMs max']);
    expect(issues({ maxFrameBytes: 16_383 })).toEqual(['maxFrameBytes min']);
    expect(issues({ maxFrameBytes: 16_384 })).toEqual([]);
    expect(issues({ maxFrameBytes: 16_777_220 })).toEqual(['maxFrameBytes max']);
    expect(issues({ versions: [1, 1] })).toEqual(['versions unique']);
    expect(issues({ versions: [1, 128] })).toEqual(['versions[1] max']);
  });

  it('gives the figures of a broken rule', () => {
    expect(thrownBy(() => checkWelcome(hello, welcomeWith({ heartbeatIntervalMs: 0 }))).message).toBe(
      '[INVALID_MESSAGE] Welcome breaks 1 rule: heartbeatIntervalMs: got 0, at least 1000',
    );
  });

  it('calls it a downgrade where a rule is broken as well', () => {
    expect(thrownBy(() => checkWelcome(hello, welcomeWith({ offeredVersions: [] }))).message).toBe(
      '[DOWNGRADE_DETECTED] Welcome.offered_versions: got none, the Hello offered 1',
    );
    expect(thrownBy(() => checkWelcome(hello, welcomeWith({ version: 0 }))).message).toBe(
      '[DOWNGRADE_DETECTED] Welcome.version: expected 1 (the highest common version), got 0 (the Hello offered 1, Welcome.versions lists 1)',
    );
  });
});
