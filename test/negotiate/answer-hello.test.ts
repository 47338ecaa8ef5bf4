import { describe, expect, it } from 'vitest';
import { answerOffer, type HelloAnswer, prepareOffer } from '../../src/negotiate/answer-hello.js';
import { type AnswerOptions, answerHello } from '../../src/negotiate/index.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { thrownBy } from '../thrown-by.js';
import { issuesOf } from './issues-of.js';
import { helloWith, SERVER } from './universe.js';

describe('answerHello', () => {
  it('welcomes with all versions that it knows, no feature and a heartbeat of 30 s by default', () => {
    const { welcome, agreement } = answerHello(helloWith({}), { serverTimeMs: 0n });
    expect(welcome).toEqual({
      version: 1,
      features: [],
      maxFrameBytes: 0,
      heartbeatIntervalMs: 30_000,
      serverTimeMs: 0n,
      connectionId: '',
      versions: [1, 2],
      offeredVersions: [1],
    });
    expect(agreement).toEqual({
      version: 1,
      features: [],
      maxFrameBytes: 1_048_576,
      heartbeatIntervalMs: 30_000,
      serverTimeMs: 0n,
      connectionId: '',
    });
  });

  it('tells by one property which answer it is', () => {
    expect(Object.keys(answerHello(helloWith({}), SERVER))).toEqual(['welcome', 'agreement']);
    expect(Object.keys(answerHello(helloWith({ versions: [3] }), SERVER))).toEqual(['reject', 'error']);
  });

  it('echoes the offered versions item by item', () => {
    const { welcome } = answerHello(helloWith({ versions: [3, 122, 1, 2] }), { ...SERVER, versions: [2, 1] });
    expect(welcome).toMatchObject({ version: 2, versions: [2, 1], offeredVersions: [3, 122, 1, 2] });
  });

  it('shares nothing with the Hello and its options, and leaves them as they were', () => {
    const hello = helloWith({ versions: [1, 2], features: ['deflate'], commandDigests: new Map([[1, 0x5d5c09a0]]) });
    const options = { ...SERVER, versions: [1, 2], features: ['deflate'], commands: { 1000: 'TYPING' } };
    const before = structuredClone({ hello, options });
    const { welcome, agreement } = answerHello(hello, options);
    expect({ hello, options }).toEqual(before);
    welcome?.versions.push(3);
    welcome?.features.push('x');
    welcome?.offeredVersions.push(3);
    expect({ hello, options }).toEqual(before);
    expect(agreement?.features).toEqual(['deflate']);
    const { reject } = answerHello(helloWith({ versions: [3] }), options);
    reject?.versions.push(3);
    expect({ hello, options }).toEqual(before);
  });

  it('passes over fields of a later release, and does not send them back', () => {
    const hello = { ...helloWith({}), [UNKNOWN_FIELDS]: new Uint8Array([0x32, 0x01, 0x61]) };
    const { welcome } = answerHello(hello, SERVER);
    expect(welcome?.version).toBe(1);
    expect(Reflect.ownKeys(welcome ?? {})).not.toContain(UNKNOWN_FIELDS);
  });
});

describe('the Reject of answerHello', () => {
  it('is NO_COMMON_VERSION with both lists in its text', () => {
    const { reject, error } = answerHello(helloWith({ versions: [3, 10] }), { ...SERVER, versions: [1, 2] });
    const message = 'the client offers versions 3, 10, the server supports 1, 2';
    expect(reject).toEqual({ code: 1, message, versions: [1, 2], retryAfterMs: 0 });
    expect(error?.message).toBe(`[NO_COMMON_VERSION] ${message}`);
    expect(error?.closeCode).toBe(4001);
  });

  it('tells the longest lists of versions in full', () => {
    const list = (first: number) => Array.from({ length: 32 }, (_, i) => first + i);
    const { reject } = answerHello(helloWith({ versions: list(60) }), { ...SERVER, versions: list(11) });
    expect(reject?.message).toBe(`the client offers versions ${list(60).join(', ')}, the server supports ${list(11).join(', ')}`);
  });

  it('is MALFORMED_HELLO for a Hello that breaks a rule, and the issues are in the error', () => {
    const { reject, error } = answerHello(helloWith({ versions: [] }), { ...SERVER, versions: [1, 2] });
    expect(reject).toEqual({ code: 3, message: 'Hello.versions: got 0 items, at least 1', versions: [1, 2], retryAfterMs: 0 });
    expect(error).toMatchObject({ code: 'MALFORMED_HELLO', closeCode: 4003 });
    expect(error?.issues).toHaveLength(1);
  });

  it('is MALFORMED_HELLO at the first step over each limit of Hello', () => {
    const code = (fields: Parameters<typeof helloWith>[0]) => answerHello(helloWith(fields), SERVER).reject?.code;
    const versions = (count: number) => Array.from({ length: count }, (_, i) => 1 + i);
    expect([versions(31), versions(32), versions(33)].map((list) => code({ versions: list }))).toEqual([undefined, undefined, 3]);
    expect([126, 127, 128].map((version) => code({ versions: [1, version] }))).toEqual([undefined, undefined, 3]);
    expect([16_383, 16_384, 16_385].map((maxFrameBytes) => code({ maxFrameBytes }))).toEqual([3, undefined, undefined]);
    expect([16_777_218, 16_777_219, 16_777_220].map((maxFrameBytes) => code({ maxFrameBytes }))).toEqual([
      undefined,
      undefined,
      3,
    ]);
    expect([255, 256, 257].map((length) => code({ agent: 'a'.repeat(length) }))).toEqual([undefined, undefined, 3]);
    expect([63, 64, 65].map((length) => code({ features: ['f'.repeat(length)] }))).toEqual([undefined, undefined, 3]);
    const digests = (count: number) => new Map(Array.from({ length: count }, (_, i) => [1000 + i, i] as const));
    expect([511, 512, 513].map((count) => code({ commandDigests: digests(count) }))).toEqual([undefined, undefined, 3]);
    expect([code({ versions: [1, 1] }), code({ versions: [0] }), code({ features: ['A'] })]).toEqual([3, 3, 3]);
  });

  it('names the first reason: rules, then versions, then commands', () => {
    const commandDigests = new Map([[4, 0]]);
    const code = (versions: number[], agent = '') =>
      answerHello(helloWith({ versions, agent, commandDigests }), SERVER).reject?.code;
    expect(code([2], 'a'.repeat(257))).toBe(3);
    expect(code([2])).toBe(1);
    expect(code([1])).toBe(2);
  });
});

describe('the options of answerHello, at their limits', () => {
  const issues = (options: Partial<AnswerOptions>) => issuesOf(() => answerHello(helloWith({}), { ...SERVER, ...options }));
  const versions = (count: number) => Array.from({ length: count }, (_, i) => 1 + i);

  it('versions: 1 to 32, each 1 to 127, each once', () => {
    expect(issues({ versions: [] })).toEqual(['versions min_items']);
    expect([issues({ versions: versions(31) }), issues({ versions: versions(32) })]).toEqual([[], []]);
    expect(issues({ versions: versions(33) })).toEqual(['versions max_items']);
    expect(issues({ versions: [0] })).toEqual(['versions[0] min']);
    expect([issues({ versions: [126] }), issues({ versions: [127] })]).toEqual([[], []]);
    expect(issues({ versions: [128] })).toEqual(['versions[0] max']);
    expect(issues({ versions: [1, 1] })).toEqual(['versions unique']);
  });

  it('features: at most 32 names, even if the client offers none', () => {
    const features = (count: number) => versions(count).map((n) => `f${n}`);
    expect([issues({ features: features(31) }), issues({ features: features(32) })]).toEqual([[], []]);
    expect(issues({ features: features(33) })).toEqual(['features max_items']);
    expect(issues({ features: ['Deflate'] })).toEqual(['features[0] alphabet']);
  });

  it('maxFrameBytes: 0, or 16384 to 16777219', () => {
    expect([issues({ maxFrameBytes: 0 }), issues({ maxFrameBytes: 16_384 }), issues({ maxFrameBytes: 16_385 })]).toEqual([
      [],
      [],
      [],
    ]);
    expect([issues({ maxFrameBytes: 1 }), issues({ maxFrameBytes: 16_383 })]).toEqual([
      ['maxFrameBytes min'],
      ['maxFrameBytes min'],
    ]);
    expect([issues({ maxFrameBytes: 16_777_218 }), issues({ maxFrameBytes: 16_777_219 })]).toEqual([[], []]);
    expect(issues({ maxFrameBytes: 16_777_220 })).toEqual(['maxFrameBytes max']);
  });

  it('heartbeatIntervalMs: 1000 to 600000', () => {
    expect([0, 999].map((ms) => issues({ heartbeatIntervalMs: ms }))).toEqual([
      ['heartbeatIntervalMs min'],
      ['heartbeatIntervalMs min'],
    ]);
    expect([1000, 1001, 599_999, 600_000].flatMap((ms) => issues({ heartbeatIntervalMs: ms }))).toEqual([]);
    expect(issues({ heartbeatIntervalMs: 600_001 })).toEqual(['heartbeatIntervalMs max']);
  });

  it('serverTimeMs: 0 to 253402300799999', () => {
    expect(issues({ serverTimeMs: -1n })).toEqual(['serverTimeMs min']);
    expect([0n, 1n, 253_402_300_799_998n, 253_402_300_799_999n].flatMap((ms) => issues({ serverTimeMs: ms }))).toEqual([]);
    expect(issues({ serverTimeMs: 253_402_300_800_000n })).toEqual(['serverTimeMs max']);
  });

  it('connectionId: at most 64 bytes of printable ASCII', () => {
    expect(['', 'c', 'c'.repeat(63), 'c'.repeat(64)].flatMap((connectionId) => issues({ connectionId }))).toEqual([]);
    expect(issues({ connectionId: 'c'.repeat(65) })).toEqual(['connectionId max_bytes']);
    expect(issues({ connectionId: 'a b' })).toEqual(['connectionId alphabet']);
  });

  it('are judged by their types too, where the compiler did not', () => {
    expect(issues({ serverTimeMs: 1_700_000_000_000 as never })).toEqual(['serverTimeMs type']);
    expect(issues({ heartbeatIntervalMs: 30_000.5 })).toEqual(['heartbeatIntervalMs range']);
    expect(issues({ connectionId: 7 as never })).toEqual(['connectionId type']);
  });

  it('commands: numbers from 1000', () => {
    expect(issues({ commands: { 999: 'X' } })).toEqual(['commands[999] range']);
    expect(issues({ commands: { 1000: 'X' } })).toEqual([]);
  });

  it('are judged whatever the Hello says', () => {
    const wrong = { ...SERVER, heartbeatIntervalMs: 999 };
    expect(issuesOf(() => answerHello(helloWith({ versions: [2] }), wrong))).toEqual(['heartbeatIntervalMs min']);
    expect(issuesOf(() => answerHello(helloWith({ versions: [] }), wrong))).toEqual(['heartbeatIntervalMs min']);
    expect(thrownBy(() => answerHello(helloWith({ versions: [] }), wrong)).message).toBe(
      '[INVALID_MESSAGE] Welcome breaks 1 rule: heartbeatIntervalMs: got 999, at least 1000',
    );
  });
});

describe('an offer, from which a server answers all its clients', () => {
  it('gives the answers of answerHello, and no two of them share a list', () => {
    // Catches a Welcome or an agreement with a list of the template: what an application does to it would reach the other clients.
    const options: AnswerOptions = { versions: [1, 2], features: ['a.b', 'c.d'], serverTimeMs: 5n, connectionId: 'x' };
    const hello = helloWith({ versions: [2], features: ['c.d', 'a.b'] });
    const offer = prepareOffer(options);
    const answer = (): HelloAnswer => answerOffer(hello, offer, 5n, 'x');
    const expected = answerHello(hello, options);
    for (let client = 0; client < 2; client++) {
      const { welcome, agreement } = answer();
      expect({ welcome, agreement }).toEqual(expected);
      for (const list of [welcome!.versions, welcome!.offeredVersions, welcome!.features, agreement!.features]) {
        (list as unknown[]).length = 0;
      }
    }
    expect([hello.versions, hello.features]).toEqual([[2], ['c.d', 'a.b']]);
  });

  it('finds a conflict of commands with each Hello, by digests that it keeps', () => {
    const offer = prepareOffer({ serverTimeMs: 0n, commands: { 1000: 'TYPING' } });
    const conflict = helloWith({ commandDigests: new Map([[1000, 1]]) });
    const codes = [conflict, helloWith({}), conflict].map((hello) => answerOffer(hello, offer, 0n, '').error?.code);
    expect(codes).toEqual(['COMMAND_CONFLICT', undefined, 'COMMAND_CONFLICT']);
  });
});
