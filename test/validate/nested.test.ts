import { describe, expect, it } from 'vitest';
import { checkSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import { MAX_ISSUES } from '../../src/wire/issues.js';
import { checkChicken, checkPlain, checkTree } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { PlainInit, TreeInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import { issue } from './issue.js';

describe('paths', () => {
  it('lead through messages, lists, maps and members of oneofs, by their names in JSON', () => {
    const content = { fallback: 'x'.repeat(1025), body: { $case: 'read' as const, value: { messageIds: [1n, 0n] } } };
    const push = {
      cmd: 6,
      sender: { terminal: 1 },
      receivers: [{ terminal: 1, userIds: [1n] }, { userIds: [1n, 2n, -3n] }],
      data: { $case: 'systemMessage' as const, value: { content, everyone: true, receiverIds: [1n] } },
    };
    expect(
      checkTopicMessage({ topic: 't', properties: new Map([['a', '\n']]), payload: { $case: 'receiveInfo', value: push } }),
    ).toEqual([
      issue('properties["a"]', 'forbidden', 'character 0 is in [\\x00-\\x1f\\x7f-\\x9f], which is not allowed'),
      issue('receiveInfo.sender.userId', 'min', 'got 0, at least 1'),
      issue('receiveInfo.receivers[1].terminal', 'min', 'got 0, at least 1'),
      issue('receiveInfo.receivers[1].userIds[2]', 'min', 'got -3, at least 1'),
      issue('receiveInfo.systemMessage.content.fallback', 'max_bytes', 'got 1025 bytes, limit 1024'),
      issue('receiveInfo.systemMessage.content.read.messageIds[1]', 'min', 'got 0, at least 1'),
      issue('receiveInfo.systemMessage', 'at_most_one', 'got receiverIds and everyone, at most one is allowed'),
    ]);
  });

  it('name a scalar member of a oneof', () => {
    expect(checkTree({ content: { $case: 'size', value: 4 } })).toEqual([issue('size', 'max', 'got 4, limit 3')]);
    expect(checkTree({ content: { $case: 'label', value: '' } })).toEqual([
      issue('label', 'min_bytes', 'got 0 bytes, at least 1'),
    ]);
  });
});

describe('messages that contain themselves', () => {
  const chain = (depth: number, end: TreeInit): TreeInit => (depth === 0 ? end : { next: chain(depth - 1, end) });

  it('are judged at every depth', () => {
    expect(checkTree(chain(100, { name: 'ok' }))).toBeUndefined();
    expect(checkTree(chain(100, { name: 'bad' }))).toEqual([
      issue(`${'next.'.repeat(100)}name`, 'max_bytes', 'got 3 bytes, limit 2'),
    ]);
  });

  it('are judged in lists, maps and oneofs', () => {
    const bad = { name: 'bad' };
    expect(checkTree({ branches: [{}, bad], named: new Map([['k', bad]]), content: { $case: 'sub', value: bad } })).toEqual([
      issue('branches[1].name', 'max_bytes', 'got 3 bytes, limit 2'),
      issue('named["k"].name', 'max_bytes', 'got 3 bytes, limit 2'),
      issue('sub.name', 'max_bytes', 'got 3 bytes, limit 2'),
    ]);
  });

  it('may contain each other', () => {
    expect(checkChicken({ egg: { chicken: { egg: {} } } })).toEqual([issue('egg.chicken.egg.chicken', 'required', 'not set')]);
  });

  it('without rules are not walked through', () => {
    const plain: PlainInit = {};
    expect(checkPlain(Object.assign(plain, { next: plain }))).toBeUndefined();
  });
});

describe('very many issues', () => {
  it('are told up to 1000', () => {
    const receiverTerminals = Array.from({ length: 5000 }, (_, i) => -i);
    const value = { sender: {}, receiverTerminals };
    const issues = checkSendInfo({ cmd: 0, sequence: 1, replyTo: 1, data: { $case: 'privateMessage', value } });
    expect(MAX_ISSUES).toBe(1000);
    expect(issues).toHaveLength(1000);
    expect(issues?.at(0)).toEqual(issue('cmd', 'min', 'got 0, at least 1'));
    expect(issues?.at(-1)).toEqual(issue('privateMessage.receiverTerminals[995]', 'min', 'got -995, at least 1'));
  });
});

describe('a valid message', () => {
  it('is not changed, frozen or not', () => {
    const sender = Object.freeze({ userId: 1n, terminal: 1 });
    const body = Object.freeze({ $case: 'text' as const, value: Object.freeze({ text: 'hi' }) });
    const value = Object.freeze({
      sender,
      receiverId: 2n,
      receiverTerminals: Object.freeze([1]),
      content: Object.freeze({ body }),
    });
    expect(
      checkSendInfo(Object.freeze({ cmd: 4, data: Object.freeze({ $case: 'privateMessage' as const, value }) })),
    ).toBeUndefined();
  });
});
