// Checks of decoded frames skip rules that the reader has looked at: they still tell exactly what the check of the message tells.
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { ReceiveInfo, SendInfo, TopicMessage } from '../../generated/models.js';
import { createDecodeFrame, decodeFrame } from '../../src/codec/decode-frame.js';
import type { Issue } from '../../src/errors.js';
import { encodeRawFrame } from '../../src/frame/index.js';
import { PROTOCOL_VERSION } from '../../src/limits.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const CODECS = { SendInfo: [7, SendInfo], ReceiveInfo: [8, ReceiveInfo], TopicMessage: [10, TopicMessage] } as const;
type Name = keyof typeof CODECS;

/** The issues that decoding a frame with this payload tells; they are those of the message by itself. */
function issuesOf(name: Name, payload: Uint8Array): readonly Issue[] {
  const [type, codec] = CODECS[name];
  // The rules are those of the newest version.
  const frame = encodeRawFrame(type, payload, { version: PROTOCOL_VERSION });
  const expected = codec.check(codec.decode(payload));
  if (expected.length === 0) expect(() => decodeFrame(frame)).not.toThrow();
  else expect(thrownBy(() => decodeFrame(frame)).issues).toEqual(expected);
  // Whatever came before, the next frame is judged by itself.
  expect(() => decodeFrame(encodeRawFrame(7, SendInfo.encode(chat({}))))).not.toThrow();
  return expected;
}

const rulesOf = (issues: readonly Issue[]): string[] => issues.map(({ path, rule }) => `${path}: ${rule}`);

function chat(content: ContentInit, userId = 1n, receiverId = 1n) {
  const body = { $case: 'text' as const, value: { text: 'hi' } };
  const value = { sender: { userId, terminal: 1 }, receiverId, content: { body, ...content } };
  return { cmd: 4, data: { $case: 'privateMessage' as const, value } };
}

const LONGEST = 2n ** 63n - 1n;

describe('lists of ids', () => {
  const info = (...lists: bigint[][]) =>
    ReceiveInfo.encode({ cmd: 1000, receivers: lists.map((userIds) => ({ terminal: 1, userIds })) });

  test.each([1, 7, 8, 9, 20, 511, 512, 513, 1025])('of %i', (length) => {
    const good = [1n, LONGEST, 2n ** 32n, 2n ** 32n - 1n, 2n ** 31n, 2n ** 62n];
    const ids = Array.from({ length }, (_, i) => good[i % good.length]);
    expect(issuesOf('ReceiveInfo', info(ids))).toEqual([]);
    const positions = length < 25 ? ids.keys() : [0, 1, 510, 511, 512, 1023, 1024].filter((at) => at < length);
    for (const at of positions) {
      for (const bad of [0n, -1n, -LONGEST - 1n, -(2n ** 32n)]) {
        const issues = issuesOf('ReceiveInfo', info([5n], ids.with(at, bad), [6n]));
        expect(rulesOf(issues)).toEqual([`receivers[1].userIds[${at}]: min`]);
      }
    }
  });

  const long = (value: number) => [value & 255, 0, 0, 0, 0, 0, 0, 0];
  const packed = (...ids: number[]) => [0x12, ids.length * 8, ...ids.flatMap(long)];
  const single = (id: number) => [0x11, ...long(id)];
  const nine = Array.from({ length: 9 }, (_, i) => i + 1);
  const received = (list: number[]) => Uint8Array.of(0x08, 0xe8, 0x07, 0x1a, list.length + 2, 0x08, 1, ...list);

  test.each<[what: string, list: number[], broken: number[]]>([
    ['one by one', [...single(1), ...single(2)], []],
    ['one by one, 0', [...single(1), ...single(0), ...single(2)], [1]],
    ['packed in two', [...packed(1, 2), ...packed(3)], []],
    ['packed in two, 0 in the first', [...packed(1, 0), ...packed(3)], [1]],
    ['packed in two, 0 in the second', [...packed(...nine), ...packed(0)], [9]],
    ['packed in two, 0 in the first of many', [...packed(0, ...nine.slice(1))], [0]],
    ['packed, then one', [...packed(1, 2), ...single(0), ...packed(3)], [2]],
    ['one, then packed', [...single(0), ...packed(1)], [0]],
  ])('%s', (_, list, broken) => {
    expect(rulesOf(issuesOf('ReceiveInfo', received(list)))).toEqual(broken.map((at) => `receivers[0].userIds[${at}]: min`));
  });
});

describe('numbers', () => {
  test.each<[sentAtMs: bigint, rules: string[]]>([
    [0n, []],
    [1n, []],
    [2n ** 42n - 1n, []],
    [2n ** 42n, []],
    [253402300799998n, []],
    [253402300799999n, []],
    [253402300800000n, ['max']],
    [LONGEST, ['max']],
    [-1n, ['min']],
    [-LONGEST - 1n, ['min']],
  ])('a time of %s', (sentAtMs, rules) => {
    const path = 'privateMessage.content.sentAtMs';
    expect(rulesOf(issuesOf('SendInfo', SendInfo.encode(chat({ sentAtMs }))))).toEqual(rules.map((rule) => `${path}: ${rule}`));
  });

  test.each<[id: bigint, isBroken: boolean]>([
    [0n, true],
    [1n, false],
    [127n, false],
    [LONGEST, false],
    [-1n, true],
    [-LONGEST - 1n, true],
  ])('an id of %s', (id, isBroken) => {
    const expected = isBroken ? ['privateMessage.sender.userId: min', 'privateMessage.receiverId: min'] : [];
    expect(rulesOf(issuesOf('SendInfo', SendInfo.encode(chat({}, id, id))))).toEqual(expected);
    const messageId = isBroken && id < 0n ? ['privateMessage.content.messageId: min'] : [];
    expect(rulesOf(issuesOf('SendInfo', SendInfo.encode(chat({ messageId: id }))))).toEqual(messageId);
  });

  test.each<[what: string, id: number[], isBroken: boolean]>([
    ['a zero in three bytes', [0x80, 0x80, 0x00], true],
    ['a one in three bytes', [0x81, 0x80, 0x00], false],
    ['a one in ten bytes', [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], false],
    ['a good one, then zero', [0x01, 0x10, 0x00], true],
    ['a negative one, then a good one', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0x01], false],
  ])('%s', (_, id, isBroken) => {
    const value = SendInfo.encode(chat({}));
    // The receiver's id once more, as a second private message that merges with the first.
    const bytes = Uint8Array.of(...value, 0x72, id.length + 1, 0x10, ...id);
    expect(rulesOf(issuesOf('SendInfo', bytes))).toEqual(isBroken ? ['privateMessage.receiverId: min'] : []);
  });
});

describe('characters', () => {
  const CODES = [...Array(0x180).keys(), 0x7ff, 0x800, 0x4f60, 0xfffd, 0xffff, 0x1f600, 0x10ffff];

  test.each([0, 15, 20])('of ASCII, at %i', (at) => {
    for (const code of CODES) {
      const clientMessageId = `${'a'.repeat(at)}${String.fromCodePoint(code)}b`;
      const isBroken = issuesOf('SendInfo', SendInfo.encode(chat({ clientMessageId }))).length > 0;
      expect(isBroken).toBe(code < 0x21 || code > 0x7e);
    }
  });

  test('of a topic message', () => {
    const payload = { $case: 'raw' as const, value: Uint8Array.of(1) };
    for (const code of CODES) {
      const odd = `a${String.fromCodePoint(code)}${'b'.repeat(code % 20)}`;
      const each: TopicMessageInit[] = [
        { topic: odd },
        { tag: odd },
        { keys: ['k', odd] },
        { messageGroup: odd },
        { properties: new Map([['k', odd]]) },
        { properties: new Map([[odd, 'v']]) },
      ];
      const broken = each.map(
        (init) => issuesOf('TopicMessage', TopicMessage.encode({ topic: 't', payload, ...init })).length > 0,
      );
      const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
      const isName = /[%|a-zA-Z0-9_-]/.test(String.fromCodePoint(code));
      expect(broken).toEqual([!isName, isControl || code === 0x7c, isControl || code === 0x20, ...Array(3).fill(isControl)]);
    }
  });

  test('a text that another replaces', () => {
    const id = (text: string) => SendInfo.encode(chat({ clientMessageId: text }));
    expect(issuesOf('SendInfo', Uint8Array.of(...id('a b'), ...id('ab')))).toEqual([]);
    expect(rulesOf(issuesOf('SendInfo', Uint8Array.of(...id('ab'), ...id('a b'))))).toEqual([
      'privateMessage.content.clientMessageId: alphabet',
    ]);
  });
});

test.each([16383, 16384, 16385])('%i bytes in properties, tag and keys', (bytes) => {
  const payload = { $case: 'raw' as const, value: Uint8Array.of(1) };
  for (const character of ['a', '\u00e9', '\u4f60', '\u{1f600}']) {
    const size = new TextEncoder().encode(character).length;
    const rest = bytes - 6;
    const value = character.repeat(Math.floor(rest / size)) + 'a'.repeat(rest % size);
    const init = { topic: 't', payload, tag: 'ab', keys: ['c', 'd'], properties: new Map([['ef', value]]) };
    expect(rulesOf(issuesOf('TopicMessage', TopicMessage.encode(init)))).toEqual(bytes > 16384 ? [': byte_total'] : []);
  }
});

test(`payloads with any byte changed (seed ${SEED})`, () => {
  const ids = Array.from({ length: 12 }, (_, i) => BigInt(i + 1));
  const content = { messageId: 5n, clientMessageId: 'abcdefghijklmnopqrstu', sentAtMs: 1764000000000n };
  const samples: [Name, Uint8Array][] = [
    ['SendInfo', SendInfo.encode(chat(content))],
    ['ReceiveInfo', ReceiveInfo.encode({ cmd: 1000, traceId: 'trace', receivers: [{ terminal: 1, userIds: ids }] })],
    [
      'TopicMessage',
      TopicMessage.encode({
        topic: 'topic',
        tag: 'tag',
        keys: ['key'],
        properties: new Map([['name', 'value']]),
        payload: { $case: 'raw', value: Uint8Array.of(1) },
      }),
    ],
  ];
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(400), fc.nat(255), ([name, bytes], at, byte) => {
      const changed = bytes.slice();
      changed[at % changed.length] = byte;
      try {
        CODECS[name][1].decode(changed);
      } catch {
        return;
      }
      issuesOf(name, changed);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('codecs on another copy of the package', async () => {
  vi.resetModules();
  const { REGISTRY } = await import('../../generated/registry.js');
  const { SendInfo: Other } = await import('../../generated/models.js');
  expect(Other).not.toBe(SendInfo);
  const frame = encodeRawFrame(7, SendInfo.encode(chat({}, -1n)));
  expect(thrownBy(() => createDecodeFrame(REGISTRY)(frame)).issues).toEqual(thrownBy(() => decodeFrame(frame)).issues);
  expect(() => createDecodeFrame(REGISTRY)(encodeRawFrame(7, SendInfo.encode(chat({}))))).not.toThrow();
});
