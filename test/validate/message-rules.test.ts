import { describe, expect, it } from 'vitest';
import { checkContent } from '../../generated/im/protocol/v1/content.codec.js';
import { checkUserPair } from '../../generated/im/protocol/v1/conversation_ref.codec.js';
import { checkPrivateMessage } from '../../generated/im/protocol/v1/private_message.codec.js';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import { checkSystemMessage } from '../../generated/im/protocol/v1/system_message.codec.js';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { Issue } from '../../src/errors.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { checkGroups, checkRange } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { GroupsInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import { issue } from './issue.js';

const body = { $case: 'text' as const, value: { text: 't' } };
const heartbeat = { $case: 'heartbeat' as const, value: {} };
const payload = { $case: 'raw' as const, value: new Uint8Array(1) };

describe('at_least_one', () => {
  it('is kept by any field of the group', () => {
    for (const message of [{ low: 1n, middle: 1n, high: 1n }, { high: 1n }, { name: 'n' }, { low: -1n }]) {
      expect(checkRange(message)).toBeUndefined();
    }
    expect(checkRange({})).toEqual([issue('', 'at_least_one', 'got none, at least one is needed')]);
    expect(checkRange({ low: 0n, name: '' })).toEqual([issue('', 'at_least_one', 'got none, at least one is needed')]);
  });
});

describe('ascending', () => {
  it('compares each field with the one before it, and equal ones are kept', () => {
    expect(checkRange({ low: 2n, middle: 2n, high: 2n })).toBeUndefined();
    expect(checkRange({ low: -3n, middle: 2n ** 62n, high: 2n ** 63n - 1n })).toBeUndefined();
    expect(checkRange({ low: 3n, middle: 2n, high: 2n })).toEqual([issue('', 'ascending', 'got low 3 above middle 2')]);
    expect(checkRange({ low: 1n, high: 1n })).toEqual([issue('', 'ascending', 'got low 1 above middle 0')]);
    expect(checkRange({ low: 9n, middle: 8n, high: 7n })).toHaveLength(2);
  });

  it('has a user pair once, the lower id first', () => {
    const pair = (lowerId: bigint, higherId: bigint) => checkUserPair({ lowerId, higherId });
    expect([pair(1n, 2n), pair(2n, 2n)]).toEqual([undefined, undefined]);
    expect(pair(3n, 2n)).toEqual([issue('', 'ascending', 'got lowerId 3 above higherId 2')]);
    // Beyond what a double tells apart.
    expect(pair(2n ** 53n + 1n, 2n ** 53n)).toHaveLength(1);
  });
});

describe('at_most_one', () => {
  it('a SendInfo is a request or a reply', () => {
    expect(checkSendInfo({ cmd: 2, sequence: 1, data: heartbeat })).toBeUndefined();
    expect(checkSendInfo({ cmd: 2, replyTo: 1, data: heartbeat })).toBeUndefined();
    expect(checkSendInfo({ cmd: 2, sequence: 0, replyTo: 0, data: heartbeat })).toBeUndefined();
    expect(checkSendInfo({ cmd: 2, sequence: 1, replyTo: 2, data: heartbeat })).toEqual([
      issue('', 'at_most_one', 'got sequence and replyTo, at most one is allowed'),
    ]);
  });

  it('a SystemMessage is for some or for everyone', () => {
    expect(checkSystemMessage({ content: { body }, everyone: true, receiverIds: [1n] })).toEqual([
      issue('', 'at_most_one', 'got receiverIds and everyone, at most one is allowed'),
    ]);
    expect(checkSystemMessage({ content: { body }, everyone: true, receiverIds: [] })).toBeUndefined();
    expect(checkSystemMessage({ content: { body } })).toBeUndefined();
  });

  it('a TopicMessage has an order or a time', () => {
    expect(checkTopicMessage({ topic: 't', payload, messageGroup: 'g', deliverAtMs: 1n })).toEqual([
      issue('', 'at_most_one', 'got messageGroup and deliverAtMs, at most one is allowed'),
    ]);
  });

  const set: GroupsInit[] = [
    { flag: true },
    { list: [0] },
    { entries: new Map([['', '']]) },
    { child: {} },
    { count: -1 },
    { long: -1n },
    { word: 'w' },
    { blob: new Uint8Array(1) },
    { shade: 7 },
    { maybe: 0 },
    { choice: { $case: 'picked', value: '' } },
    { ratio: 0.5 },
  ];
  const defaults: GroupsInit = {
    flag: false,
    list: [],
    entries: new Map(),
    child: undefined,
    count: 0,
    long: 0n,
    word: '',
    blob: new Uint8Array(0),
    shade: 0,
    choice: { $case: 'other', value: 'o' },
    ratio: 0,
  };

  it.each(set.map((fields) => [Object.keys(fields)[0], fields] as const))(
    '%s is set where it differs from its default',
    (name, fields) => {
      const shown = name === 'choice' ? 'picked' : name;
      expect(checkGroups({ left: 'l', ...defaults, ...fields })).toBeUndefined();
      const [other, told] = name === 'flag' ? [{ count: 1 }, 'flag and count'] : [{ flag: true }, `flag and ${shown}`];
      expect(checkGroups({ left: 'l', ...defaults, ...fields, ...other })).toEqual([
        issue('', 'at_most_one', `got ${told}, at most one is allowed`),
      ]);
    },
  );
});

describe('exactly_one', () => {
  it('a ReceiveInfo names its receivers or is for everyone', () => {
    const receivers = [{ terminal: 1, userIds: [1n] }];
    expect(checkReceiveInfo({ cmd: 1000, receivers })).toBeUndefined();
    expect(checkReceiveInfo({ cmd: 1000, everyone: true })).toBeUndefined();
    expect(checkReceiveInfo({ cmd: 1000 })).toEqual([issue('', 'exactly_one', 'got none, exactly one is needed')]);
    expect(checkReceiveInfo({ cmd: 1000, receivers, everyone: true })).toEqual([
      issue('', 'exactly_one', 'got receivers and everyone, exactly one is needed'),
    ]);
  });

  it('counts groups of three', () => {
    expect(checkGroups({ middle: 'm' })).toBeUndefined();
    expect(checkGroups({ left: 'l', middle: 'm', right: 'r' })).toEqual([
      issue('', 'exactly_one', 'got left and middle and right, exactly one is needed'),
    ]);
  });
});

describe('byte_total', () => {
  it('bounds properties, tag and keys of a TopicMessage together', () => {
    const of = (bytes: number): Issue[] | undefined =>
      checkTopicMessage({
        topic: 't',
        payload,
        tag: '你',
        keys: ['ab', 'c'],
        properties: new Map([['k', 'v'.repeat(bytes - 7)]]),
      });
    expect(of(16383)).toBeUndefined();
    expect(of(16384)).toBeUndefined();
    expect(of(16385)).toEqual([issue('', 'byte_total', 'got 16385 bytes in properties, tag and keys together, limit 16384')]);
  });

  it('counts strings, lists and maps, and of maps the strings alone', () => {
    const fields = { left: 'l', word: 'w', words: ['ab', '你'], labels: new Map([['k', 'v']]) };
    expect(checkGroups({ ...fields, namesById: new Map([[123456, 'four']]) })).toBeUndefined();
    expect(checkGroups({ ...fields, namesById: new Map([[1, 'fives']]) })).toEqual([
      issue('', 'byte_total', 'got 13 bytes in word, words, labels and namesById together, limit 12'),
    ]);
  });
});

describe('required', () => {
  it('a message field is set, even to nothing', () => {
    expect(checkPrivateMessage({ receiverId: 1n })).toEqual([
      issue('sender', 'required', 'not set'),
      issue('content', 'required', 'not set'),
    ]);
    expect(checkPrivateMessage({ receiverId: 1n, sender: { userId: 1n, terminal: 1 }, content: { body } })).toBeUndefined();
  });

  it('a oneof is set', () => {
    expect(checkTopicMessage({ topic: 't' })).toEqual([
      issue('payload', 'required', 'not set, needs one of receiveInfo, sendResult, raw, sessionEvent, uplinkInfo'),
    ]);
  });
});

describe('later_members', () => {
  const known = 'text, image, file, audio, video, recall, read, custom';
  const later = 'stream, reaction, edit, merged, notice, call, encrypted, ephemeral, location, card, sticker, album';
  const missing = [issue('body', 'required', `not set, needs one of ${known}, ${later}`)];
  const kept = (...bytes: number[]): Issue[] | undefined => checkContent({ [UNKNOWN_FIELDS]: new Uint8Array(bytes) } as object);

  it.each<[string, number[]]>([
    ['18, the first', [0x90, 0x01, 0x00]],
    ['99, the last', [0x9a, 0x06, 0x00]],
    ['42, behind another field', [0x28, 0x07, 0xd2, 0x02, 0x02, 0x08, 0x01]],
    ['42, before another field', [0xd0, 0x02, 0x00, 0x2d, 1, 2, 3, 4]],
    ['42, a group', [0xd3, 0x02, 0x08, 0x01, 0xd4, 0x02]],
    ['42, eight bytes', [0xd1, 0x02, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])('a body of a later version satisfies: number %s', (_, bytes) => {
    expect(kept(...bytes)).toBeUndefined();
  });

  it.each<[string, number[]]>([
    ['5', [0x28, 0x07]],
    ['100', [0xa0, 0x06, 0x00]],
    ['1000', [0xc0, 0x3e, 0x00]],
    ['42, inside field 5', [0x2a, 0x03, 0xd0, 0x02, 0x00]],
    ['42, inside group 5', [0x2b, 0xd0, 0x02, 0x00, 0x2c]],
    ['none at all', []],
    ['42, but cut off', [0xd2, 0x02, 0x05, 0x00]],
    ['no field', [0xff, 0xff]],
  ])('anything else does not: number %s', (_, bytes) => {
    expect(kept(...bytes)).toEqual(missing);
  });
});
