import { describe, expect, it } from 'vitest';
import { createHello } from '../../src/negotiate/index.js';
import { thrownBy } from '../thrown-by.js';
import { issuesOf } from './issues-of.js';

/** CRC-32 of the names of the nine commands. */
const DIGESTS = new Map([
  [1, 0x5d5c09a0],
  [2, 0x4ebff336],
  [3, 0x7bd3963c],
  [4, 0xdddfda6e],
  [5, 0xef8704c0],
  [6, 0x48905487],
  [7, 0xce02ecc7],
  [8, 0xaa897ec1],
  [9, 0xcbd2b191],
  [10, 0x1abe18ce],
  [11, 0x18ff8e51],
  [12, 0xaec2acd3],
  [13, 0x1fbc6ff9],
  [14, 0xb443ba3b],
  [15, 0x21da49ad],
  [16, 0x6252b39e],
  [17, 0xa9ecdfd3],
  [18, 0xfa1bc28a],
  [19, 0xaf445be9],
  [20, 0x440abc2f],
  [21, 0x36dba7d9],
  [22, 0xdbd87fee],
  [23, 0xc53432a9],
  [24, 0xa3387324],
]);

describe('createHello', () => {
  it('offers all versions that it knows, no feature, and the commands of the specification by default', () => {
    const hello = { versions: [1, 2], features: [], maxFrameBytes: 0, agent: '', commandDigests: DIGESTS };
    expect(createHello()).toEqual(hello);
    expect(createHello({})).toEqual(hello);
    const absent = { versions: undefined, features: undefined, maxFrameBytes: undefined, agent: undefined, commands: undefined };
    expect(createHello(absent)).toEqual(hello);
  });

  it('takes over what it is given, in its order', () => {
    const commands = { 2147483647: 'CALL_OFFER', 1000: 'TYPING' };
    const hello = createHello({
      versions: [2, 1],
      features: ['x.y', 'deflate'],
      maxFrameBytes: 65_536,
      agent: 'web/1.2',
      commands,
    });
    expect(hello).toEqual({
      versions: [2, 1],
      features: ['x.y', 'deflate'],
      maxFrameBytes: 65_536,
      agent: 'web/1.2',
      commandDigests: new Map([...DIGESTS, [1000, 0x21da49ad], [2_147_483_647, 0x470f038f]]),
    });
  });

  it('shares no list with its options, and leaves them as they were', () => {
    const options = Object.freeze({
      versions: Object.freeze([1, 2]),
      features: Object.freeze(['deflate']),
      commands: Object.freeze({ 1000: 'TYPING' }),
    });
    const hello = createHello(options);
    hello.versions.push(3);
    hello.features.push('x');
    hello.commandDigests.clear();
    expect(createHello(options)).toMatchObject({ versions: [1, 2], features: ['deflate'] });
    expect(createHello(options).commandDigests.size).toBe(25);
  });

  it('never greases', () => {
    for (let i = 0; i < 100; i++) expect(createHello()).toEqual(createHello());
  });
});

const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i);
const commands = (count: number) => Object.fromEntries(numbers(count, 1000).map((number) => [number, `C${number}`]));

describe('the options of createHello, at their limits', () => {
  it('versions: 1 to 32', () => {
    expect(issuesOf(() => createHello({ versions: [] }))).toEqual(['versions min_items']);
    expect(createHello({ versions: numbers(1) }).versions).toHaveLength(1);
    expect(createHello({ versions: numbers(31) }).versions).toHaveLength(31);
    expect(createHello({ versions: numbers(32) }).versions).toHaveLength(32);
    expect(issuesOf(() => createHello({ versions: numbers(33) }))).toEqual(['versions max_items']);
  });

  it('each version: 1 to 127', () => {
    expect(issuesOf(() => createHello({ versions: [0] }))).toEqual(['versions[0] min']);
    expect(createHello({ versions: [1] }).versions).toEqual([1]);
    expect(createHello({ versions: [126, 127] }).versions).toEqual([126, 127]);
    expect(issuesOf(() => createHello({ versions: [1, 128] }))).toEqual(['versions[1] max']);
  });

  it('each version once', () => {
    expect(issuesOf(() => createHello({ versions: [1, 2, 1] }))).toEqual(['versions unique']);
  });

  it('features: at most 32', () => {
    const features = (count: number) => numbers(count).map((n) => `f${n}`);
    expect(createHello({ features: features(31) }).features).toHaveLength(31);
    expect(createHello({ features: features(32) }).features).toHaveLength(32);
    expect(issuesOf(() => createHello({ features: features(33) }))).toEqual(['features max_items']);
  });

  it('each feature: 1 to 64 characters of its alphabet', () => {
    expect(issuesOf(() => createHello({ features: [''] }))).toEqual(['features[0] min_bytes']);
    expect(createHello({ features: ['f'] }).features).toEqual(['f']);
    expect(createHello({ features: ['f'.repeat(63)] }).features[0]).toHaveLength(63);
    expect(createHello({ features: ['f'.repeat(64)] }).features[0]).toHaveLength(64);
    expect(issuesOf(() => createHello({ features: ['a', 'f'.repeat(65)] }))).toEqual(['features[1] max_bytes']);
    expect(createHello({ features: ['a-z_0.9'] }).features).toEqual(['a-z_0.9']);
    expect(issuesOf(() => createHello({ features: ['Deflate'] }))).toEqual(['features[0] alphabet']);
  });

  it('maxFrameBytes: 0, or 16384 to 16777219', () => {
    expect(createHello({ maxFrameBytes: 0 }).maxFrameBytes).toBe(0);
    expect(issuesOf(() => createHello({ maxFrameBytes: 1 }))).toEqual(['maxFrameBytes min']);
    expect(issuesOf(() => createHello({ maxFrameBytes: 16_383 }))).toEqual(['maxFrameBytes min']);
    expect(createHello({ maxFrameBytes: 16_384 }).maxFrameBytes).toBe(16_384);
    expect(createHello({ maxFrameBytes: 16_385 }).maxFrameBytes).toBe(16_385);
    expect(createHello({ maxFrameBytes: 16_777_218 }).maxFrameBytes).toBe(16_777_218);
    expect(createHello({ maxFrameBytes: 16_777_219 }).maxFrameBytes).toBe(16_777_219);
    expect(issuesOf(() => createHello({ maxFrameBytes: 16_777_220 }))).toEqual(['maxFrameBytes max']);
  });

  it('agent: at most 256 bytes of UTF-8', () => {
    expect(createHello({ agent: 'a'.repeat(255) }).agent).toHaveLength(255);
    expect(createHello({ agent: 'a'.repeat(256) }).agent).toHaveLength(256);
    expect(issuesOf(() => createHello({ agent: 'a'.repeat(257) }))).toEqual(['agent max_bytes']);
    expect(createHello({ agent: '即'.repeat(85) }).agent).toHaveLength(85);
    expect(issuesOf(() => createHello({ agent: '即'.repeat(86) }))).toEqual(['agent max_bytes']);
  });

  it('commands: at most 512 with the 24 of the specification', () => {
    expect(createHello({ commands: commands(487) }).commandDigests.size).toBe(511);
    expect(createHello({ commands: commands(488) }).commandDigests.size).toBe(512);
    expect(issuesOf(() => createHello({ commands: commands(489) }))).toEqual(['commandDigests max_items']);
  });

  it('number of a command: 1000 to 2147483647', () => {
    expect(issuesOf(() => createHello({ commands: { 999: 'X' } }))).toEqual(['commands[999] range']);
    expect(createHello({ commands: { 1000: 'X' } }).commandDigests.has(1000)).toBe(true);
    expect(createHello({ commands: { 1001: 'X' } }).commandDigests.has(1001)).toBe(true);
    expect(createHello({ commands: { 2147483646: 'X' } }).commandDigests.has(2_147_483_646)).toBe(true);
    expect(createHello({ commands: { 2147483647: 'X' } }).commandDigests.has(2_147_483_647)).toBe(true);
    expect(issuesOf(() => createHello({ commands: { 2147483648: 'X' } }))).toEqual(['commands[2147483648] range']);
    expect(issuesOf(() => createHello({ commands: { 4: 'X', 1000.5: 'X' } }))).toEqual([
      'commands[4] range',
      'commands[1000.5] range',
    ]);
  });

  it('name of a command: printable ASCII without spaces, not empty', () => {
    expect(createHello({ commands: { 1000: '!' } }).commandDigests.has(1000)).toBe(true);
    expect(issuesOf(() => createHello({ commands: { 1000: '' } }))).toEqual(['commands[1000] alphabet']);
    expect(issuesOf(() => createHello({ commands: { 1000: 'TYPING ON', 1001: '输入' } }))).toEqual([
      'commands[1000] alphabet',
      'commands[1001] alphabet',
    ]);
  });

  it('are judged by their types too, where the compiler did not', () => {
    expect(issuesOf(() => createHello({ versions: ['1'] as never }))).toEqual(['versions[0] type']);
    expect(issuesOf(() => createHello({ maxFrameBytes: 16_384.5 }))).toEqual(['maxFrameBytes range']);
    expect(issuesOf(() => createHello({ agent: '\ud800' }))).toEqual(['agent surrogate']);
    expect(issuesOf(() => createHello({ commands: { 1000: 7 as never } }))).toEqual(['commands[1000] alphabet']);
  });

  it('are all judged before anything is thrown', () => {
    const wrong = () => createHello({ versions: [0, 0], features: ['É'], maxFrameBytes: 1, agent: 'a'.repeat(257) });
    expect(issuesOf(wrong).map((issue) => issue.split(' ')[0])).toEqual(
      expect.arrayContaining(['versions[0]', 'versions[1]', 'versions', 'features[0]', 'maxFrameBytes', 'agent']),
    );
  });
});

describe('the error of wrong options', () => {
  it('names the issues', () => {
    expect(thrownBy(() => createHello({ maxFrameBytes: 1 })).message).toBe(
      '[INVALID_MESSAGE] Hello breaks 1 rule: maxFrameBytes: got 1, at least 16384 or 0',
    );
    expect(thrownBy(() => createHello({ maxFrameBytes: 1, versions: [128] })).message).toBe(
      '[INVALID_MESSAGE] Hello breaks 2 rules: versions[0]: got 128, limit 127; maxFrameBytes: got 1, at least 16384 or 0',
    );
  });

  it('gives the figures of a command', () => {
    expect(thrownBy(() => createHello({ commands: { 999: 'X' } })).message).toBe(
      '[INVALID_MESSAGE] ApplicationCommands breaks 1 rule: commands[999]: expected a command number from 1000 to 2147483647, got 999',
    );
    expect(thrownBy(() => createHello({ commands: { 1000: 'A B', 7: '' } })).message).toBe(
      '[INVALID_MESSAGE] ApplicationCommands breaks 3 rules: commands[7]: expected a command number from 1000 to 2147483647, got 7; commands[7]: expected a name of printable ASCII without spaces, got ""; commands[1000]: expected a name of printable ASCII without spaces, got "A B"',
    );
    expect(thrownBy(() => createHello({ commands: { 1000: 'A B' } })).message).toBe(
      '[INVALID_MESSAGE] ApplicationCommands breaks 1 rule: commands[1000]: expected a name of printable ASCII without spaces, got "A B"',
    );
  });
});
