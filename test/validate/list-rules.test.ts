import { describe, expect, it } from 'vitest';
import { checkReadReceipt } from '../../generated/im/protocol/v1/content.codec.js';
import { checkGroupMessage } from '../../generated/im/protocol/v1/group_message.codec.js';
import { checkHello, checkReject, checkWelcome } from '../../generated/im/protocol/v1/handshake.codec.js';
import { checkPrivateMessage } from '../../generated/im/protocol/v1/private_message.codec.js';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkReceivers } from '../../generated/im/protocol/v1/receivers.codec.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import { checkSystemMessage } from '../../generated/im/protocol/v1/system_message.codec.js';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { Issue } from '../../src/errors.js';
import { firstRepeated } from '../../src/wire/rules.js';
import { checkCollections } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { CollectionsInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import { issue } from './issue.js';

const sender = { userId: 1n, terminal: 1 };
const content = { body: { $case: 'text' as const, value: { text: 't' } } };
const payload = { $case: 'raw' as const, value: new Uint8Array(1) };
const ids = (n: number): bigint[] => Array.from({ length: n }, (_, i) => BigInt(i + 1));
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const lists = (n: number): { terminal: number; userIds: bigint[] }[] =>
  Array.from({ length: n }, () => ({ terminal: 1, userIds: [1n] }));
const entries = (n: number): Map<string, string> => new Map(numbers(n).map((i) => [`k${i}`, '']));

describe('max_items', () => {
  it.each<[string, number, (n: number) => Issue[] | undefined]>([
    ['messageIds', 1000, (n) => checkReadReceipt({ messageIds: ids(n) })],
    ['receiverIds', 10000, (n) => checkGroupMessage({ sender, groupId: 1n, content, receiverIds: ids(n) })],
    ['mentionedIds', 1000, (n) => checkGroupMessage({ sender, groupId: 1n, content, mentionedIds: ids(n) })],
    ['receiverIds', 10000, (n) => checkSystemMessage({ content, receiverIds: ids(n) })],
    ['userIds', 10000, (n) => checkReceivers({ terminal: 1, userIds: ids(n) })],
    ['receivers', 16, (n) => checkReceiveInfo({ cmd: 1000, receivers: lists(n) })],
    ['receivers', 16, (n) => checkSendResult({ code: 1, receivers: lists(n) })],
    ['keys', 64, (n) => checkTopicMessage({ topic: 't', payload, keys: numbers(n).map(String) })],
    ['versions', 32, (n) => checkHello({ versions: numbers(n) })],
    ['features', 32, (n) => checkHello({ versions: [1], features: numbers(n).map(String) })],
    ['versions', 32, (n) => checkReject({ code: 1, versions: numbers(n) })],
    [
      'offeredVersions',
      32,
      (n) => checkWelcome({ version: 1, heartbeatIntervalMs: 1000, versions: [1], offeredVersions: numbers(n) }),
    ],
  ])('%s has %i items and no more', (path, limit, check) => {
    expect(check(limit - 1)).toBeUndefined();
    expect(check(limit)).toBeUndefined();
    expect(check(limit + 1)).toEqual([issue(path, 'max_items', `got ${limit + 1} items, limit ${limit}`)]);
  });

  it.each<[string, number, (n: number) => Issue[] | undefined]>([
    ['properties', 120, (n) => checkTopicMessage({ topic: 't', payload, properties: entries(n) })],
    ['commandDigests', 512, (n) => checkHello({ versions: [1], commandDigests: new Map(numbers(n).map((i) => [i, i])) })],
  ])('%s has %i entries and no more', (path, limit, check) => {
    expect(check(limit - 1)).toBeUndefined();
    expect(check(limit)).toBeUndefined();
    expect(check(limit + 1)).toEqual([issue(path, 'max_items', `got ${limit + 1} entries, limit ${limit}`)]);
  });
});

describe('min_items', () => {
  it('is broken by a list that is empty or left out', () => {
    const found = [issue('userIds', 'min_items', 'got 0 items, at least 1')];
    expect(checkReceivers({ terminal: 1, userIds: [] })).toEqual(found);
    expect(checkReceivers({ terminal: 1 })).toEqual(found);
    expect(checkReceivers({ terminal: 1, userIds: [1n] })).toBeUndefined();
  });
});

describe('unique', () => {
  it('tells the first item that repeats another', () => {
    expect(checkHello({ versions: [3, 1, 2, 1, 3] })).toEqual([issue('versions', 'unique', 'item 3 is the same as item 1')]);
    expect(checkReceiveInfo({ cmd: 1000, everyone: true, everyoneTerminals: [7, 7] })).toEqual([
      issue('everyoneTerminals', 'unique', 'item 1 is the same as item 0'),
    ]);
    expect(checkPrivateMessage({ sender, receiverId: 1n, content, receiverTerminals: [1, 2, 3, 2] })).toEqual([
      issue('receiverTerminals', 'unique', 'item 3 is the same as item 1'),
    ]);
  });

  it.each([0, 1, 2, 31, 32, 33, 34, 1000])('finds a repeated item among %i others, or none', (others) => {
    expect(firstRepeated(numbers(others))).toBe(-1);
    expect(firstRepeated([1, ...numbers(others)])).toBe(others === 0 ? -1 : 1);
    expect(firstRepeated([...numbers(others), others])).toBe(others === 0 ? -1 : others);
  });

  it('holds for strings by what they say', () => {
    const valid = { plainsByNumber: new Map([[1, {}]]) };
    expect(checkCollections({ ...valid, names: ['ab', ['a', 'b'].join('')] })).toEqual([
      issue('names', 'unique', 'item 1 is the same as item 0'),
    ]);
  });
});

describe('items, keys and values', () => {
  const valid = { names: ['a'], plainsByNumber: new Map([[1, {}]]) };

  it.each<[CollectionsInit, Issue[] | undefined]>([
    [{}, undefined],
    [
      { names: ['a', 'abcde', 'b', 'c'] },
      [issue('names', 'max_items', 'got 4 items, limit 3'), issue('names[1]', 'max_bytes', 'got 5 bytes, limit 4')],
    ],
    [{ blobs: [new Uint8Array(1), new Uint8Array(0)] }, [issue('blobs[1]', 'min_bytes', 'got 0 bytes, at least 1')]],
    [{ shades: [9, 0, -1] }, [issue('shades[1]', 'min', 'got 0, at least 1'), issue('shades[2]', 'min', 'got -1, at least 1')]],
    [{ leaves: [{ size: 1 }, {}] }, [issue('leaves[1].size', 'min', 'got 0, at least 1')]],
    [
      {
        scores: new Map([
          ['a', 1],
          ['b', 10],
        ]),
      },
      [issue('scores["b"]', 'max', 'got 10, limit 9')],
    ],
    [{ scores: new Map([['long', 1]]) }, [issue('scores["long"]', 'max_bytes', 'key: got 4 bytes, limit 3')]],
    [
      { leavesById: new Map([[-7n, { size: 0 }]]) },
      [issue('leavesById[-7]', 'min', 'key: got -7, at least 1'), issue('leavesById[-7].size', 'min', 'got 0, at least 1')],
    ],
    [{ byFlag: new Map([[true, ' ']]) }, [issue('byFlag[true]', 'not_blank', 'only white space')]],
    [
      { secrets: new Map([['s3cret', 'hidden']]) },
      [
        issue('secrets["***"]', 'max_bytes', 'key: got 6 bytes, limit 3'),
        issue('secrets["***"]', 'max_bytes', 'got 6 bytes, limit 3'),
      ],
    ],
    [{ pairOrNone: [1n] }, [issue('pairOrNone', 'min_items', 'got 1 item, at least 2 or none')]],
    [{ pairOrNone: [] }, undefined],
    [{ plainsByNumber: new Map() }, [issue('plainsByNumber', 'min_items', 'got 0 entries, at least 1')]],
  ])('%o', (fields, found) => {
    expect(checkCollections({ ...valid, ...fields })).toEqual(found);
  });

  it('cuts a long key in a path', () => {
    const properties = new Map([[`im_${'k'.repeat(100)}`, '']]);
    expect(checkTopicMessage({ topic: 't', payload, properties })).toEqual([
      issue(`properties["im_${'k'.repeat(61)}…"]`, 'not_prefix', 'key: begins with "im_" or "__"'),
    ]);
  });
});
