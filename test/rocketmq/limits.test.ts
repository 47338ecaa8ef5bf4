// Every limit of RocketMQ at its edge, on the message as it is sent.
import { describe, expect, it } from 'vitest';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { Command, type Issue, type TopicMessageInit } from '../../src/index.js';
import { RECEIVERS_MAX_IDS, RECEIVERS_MAX_LISTS, TOPIC_BODY_MAX_BYTES, TOPIC_MAX_BYTES } from '../../src/limits.js';
import { toRocketMQ } from '../../src/rocketmq/to-rocketmq.js';
import { thrownBy } from '../thrown-by.js';

const raw = (length = 1): TopicMessageInit['payload'] => ({ $case: 'raw', value: new Uint8Array(length) });
const send = (message: TopicMessageInit) => toRocketMQ({ topic: 't', payload: raw(), ...message });
const issuesOf = (message: TopicMessageInit): readonly Issue[] => thrownBy(() => send(message)).issues ?? [];

/** A private message whose im_ properties, tag and keys take 113 bytes: what an application adds counts beside them. */
const sender = { userId: 1n, terminal: 1 };
const content = { messageId: 501n, body: { $case: 'text', value: { text: 'x' } } } as const;
const framed = (text = 'x'): TopicMessageInit => ({
  topic: 'im_message_private_1',
  payload: {
    $case: 'receiveInfo',
    value: {
      cmd: Command.PRIVATE_MESSAGE,
      receivers: [{ terminal: 1, userIds: [2n] }],
      data: {
        $case: 'privateMessage',
        value: { sender, receiverId: 2n, content: { ...content, body: { $case: 'text', value: { text } } } },
      },
    },
  },
});
const entries = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`k${i}`, 'v'] as const));

const EDGES: readonly [string, (length: number) => TopicMessageInit, number, string, string][] = [
  ['topic', (length) => ({ topic: 'x'.repeat(length) }), TOPIC_MAX_BYTES, 'topic', 'got 128 bytes, limit 127'],
  ['message group', (length) => ({ messageGroup: 'x'.repeat(length) }), 63, 'messageGroup', 'got 64 bytes, limit 63'],
  [
    'message group, of Chinese',
    (length) => ({ messageGroup: '中'.repeat(20) + 'x'.repeat(length - 60) }),
    63,
    'messageGroup',
    'got 64 bytes, limit 63',
  ],
  ['number of keys', (length) => ({ keys: Array.from({ length }, (_, i) => `${i}`) }), 64, 'keys', 'got 65 items, limit 64'],
  [
    'keys, with those of the message',
    (length) => ({ ...framed(), keys: Array.from({ length }, (_, i) => `k${i}`) }),
    63,
    'keys',
    'got 65 items, limit 64',
  ],
  ['own properties', (count) => ({ properties: entries(count) }), 120, 'properties', 'got 121 entries, limit 120'],
  [
    'own properties beside those of a frame',
    (count) => ({ ...framed(), properties: entries(count) }),
    120,
    'properties',
    'got 121 entries, limit 120',
  ],
  [
    'properties, tag and keys',
    (length) => ({ tag: 'tag', keys: ['a', 'b'], properties: new Map([['k', 'v'.repeat(length - 6)]]) }),
    16384,
    '',
    'got 16385 bytes in properties, tag and keys together, limit 16384',
  ],
  [
    'properties, tag and keys, with what is filled in',
    // im_type 8, im_version 1, im_command PRIVATE_MESSAGE: 8 + 11 + 25; tag 15, key 3; "k": 1.
    (length) => ({ ...framed(), properties: new Map([['k', 'v'.repeat(length - 63)]]) }),
    16384,
    '',
    'got 16385 bytes in properties, tag and keys together, limit 16384',
  ],
  ['raw body', (length) => ({ payload: raw(length) }), TOPIC_BODY_MAX_BYTES, 'raw', 'got 4194305 bytes, limit 4194304'],
];

describe('at its limit', () => {
  it.each(EDGES)('%s', (_name, message, limit, path, text) => {
    for (const length of [limit - 1, limit]) expect(() => send(message(length))).not.toThrow();
    expect(issuesOf(message(limit + 1)).map((issue) => [issue.path, issue.message])).toEqual([[path, text]]);
  });

  it('a frame has 4 MiB', () => {
    const bytesOf = (length: number) => send(large(length)).body.length;
    const spare = TOPIC_BODY_MAX_BYTES - bytesOf(4_000_000);
    expect(bytesOf(4_000_000 + spare - 1)).toBe(TOPIC_BODY_MAX_BYTES - 1);
    expect(bytesOf(4_000_000 + spare)).toBe(TOPIC_BODY_MAX_BYTES);
    const { message, limit, actual } = thrownBy(() => send(large(4_000_000 + spare + 1)));
    expect([message, limit, actual]).toEqual(['[FRAME_TOO_LARGE] frame of 4194305 bytes, limit 4194304', 4194304, 4194305]);
  });
});

/** A command of an application with so many bytes in it. */
function large(length: number): TopicMessageInit {
  const data = { $case: 'custom', value: { typeUrl: 'a/com.example.X', value: new Uint8Array(length) } } as const;
  const value = { cmd: 1000, receivers: [{ terminal: 1, userIds: [1n] }], data };
  return { topic: 'im_message_system_1', payload: { $case: 'receiveInfo', value } };
}

describe('refused before it is sent', () => {
  const framedOn = (topic: string, change: TopicMessageInit = {}): TopicMessageInit => ({ ...framed(), topic, ...change });
  it.each<[string, TopicMessageInit, string]>([
    ['a topic with a dot', { topic: 'a.b' }, 'topic: character 1 is not in [%|a-zA-Z0-9_\\-]'],
    ['no topic', { topic: '' }, 'topic: got 0 bytes, at least 1'],
    ["a topic of RocketMQ's own", { topic: 'SCHEDULE_TOPIC_XXXX' }, 'topic: one of 10 forbidden values'],
    ["a topic that begins as RocketMQ's own", { topic: 'rmq_sys_x' }, 'topic: begins with "rmq_sys_"'],
    ['a tag with a bar', { tag: 'a|b' }, 'tag: character 1 is in [|], which is not allowed'],
    ['a blank tag', { tag: ' ' }, 'tag: only white space'],
    ['a key with a space', { keys: ['a b'] }, 'keys[0]: character 1 is in [ ], which is not allowed'],
    ['an empty key', { keys: [''] }, 'keys[0]: got 0 bytes, at least 1'],
    [
      'a message group with a control character',
      { messageGroup: 'a\n' },
      'messageGroup: character 1 is in [\\x00-\\x1f\\x7f-\\x9f], which is not allowed',
    ],
    ['an order and a time', { messageGroup: 'g', deliverAtMs: 1n }, 'got messageGroup and deliverAtMs, at most one is allowed'],
    [
      "a property of RocketMQ's own",
      { properties: new Map([['TAGS', 'x']]) },
      'properties["TAGS"]: key: one of 46 forbidden values',
    ],
    [
      "a property of this protocol's own",
      { properties: new Map([['im_type', '8']]) },
      'properties["im_type"]: key: begins with "im_" or "__"',
    ],
    ['a property without a value', { properties: new Map([['k', '']]) }, 'properties["k"]: got 0 bytes, at least 1'],
    ['an empty body', { payload: raw(0) }, 'raw: got 0 bytes, at least 1'],
    [
      'a tag that is not the command',
      framedOn('im_message_private_1', { tag: 'GROUP_MESSAGE' }),
      'tag: is not the name of the command',
    ],
    [
      'another conversation',
      framedOn('im_message_private_1', { messageGroup: 'p_1_3' }),
      'messageGroup: is not the conversation of the message',
    ],
    [
      'a private message among groups',
      framedOn('im_message_group_1'),
      'payload: the topic is for group messages, PRIVATE_MESSAGE goes to private',
    ],
    ['raw bytes for a server', { topic: 'im_message_system_1' }, 'payload: the topic carries a receiveInfo, got raw'],
    ['a request among results', framedOn('im_result_private'), 'payload: the topic carries a sendResult, got receiveInfo'],
  ])('%s', (_name, message, text) => {
    const error = thrownBy(() => send(message));
    expect(error.message).toBe(`[INVALID_MESSAGE] TopicMessage breaks 1 rule: ${text}`);
    expect(error.issues).toHaveLength(1);
  });

  it('a group, or a time, on a NORMAL topic', () => {
    const value = { cmd: 1000, receivers: [{ terminal: 1, userIds: [1n] }] };
    const payload = { $case: 'receiveInfo', value } as const;
    for (const [change, type] of [
      [{ messageGroup: 'g' }, 'FIFO'],
      [{ deliverAtMs: 1n }, 'DELAY'],
    ] as const) {
      expect(issuesOf({ topic: 'im_message_system_1', payload, ...change })).toEqual([
        { path: 'topic', rule: 'topic_type', message: `expected a NORMAL message, got ${type}` },
      ]);
    }
  });
});

it('the constants are those of the rules', () => {
  const list = (length: number) => Array.from({ length }, (_, i) => BigInt(i + 1));
  const broken = (lists: number, ids: number): string[] =>
    (checkReceiveInfo({ cmd: 1000, receivers: list(lists).map(() => ({ terminal: 1, userIds: list(ids) })) }) ?? []).map(
      ({ path }) => path,
    );
  expect(broken(RECEIVERS_MAX_LISTS, 1)).toEqual([]);
  expect(broken(RECEIVERS_MAX_LISTS + 1, 1)).toEqual(['receivers']);
  expect(broken(1, RECEIVERS_MAX_IDS)).toEqual([]);
  expect(broken(1, RECEIVERS_MAX_IDS + 1)).toEqual(['receivers[0].userIds']);
});
