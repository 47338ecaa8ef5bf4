import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceiveInfoInit } from '../../generated/models.js';
import { Command, encodeFrame, SendCode, Terminal, type TopicMessageInit } from '../../src/index.js';
import { fromRocketMQ } from '../../src/rocketmq/rocketmq-message.js';
import { toRocketMQ } from '../../src/rocketmq/to-rocketmq.js';
import { receiveInfoMessage, sendResultMessage } from '../../src/rocketmq/topic-messages.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';
import { topicMessages } from './arbitrary-messages.js';

const sender = { userId: 9n, terminal: Terminal.WEB };
const content = { messageId: 501n, clientMessageId: 'c1', body: { $case: 'text', value: { text: 'hi' } } } as const;
const receivers = [{ terminal: Terminal.APP, userIds: [2n] }];
const privateMessage: ReceiveInfoInit = {
  cmd: Command.PRIVATE_MESSAGE,
  sender,
  receivers,
  serviceName: 'chat',
  traceId: 't-1',
  data: { $case: 'privateMessage', value: { sender, receiverId: 2n, content } },
};
const groupMessage: ReceiveInfoInit = {
  cmd: Command.GROUP_MESSAGE,
  receivers,
  data: { $case: 'groupMessage', value: { sender, groupId: 7n, content } },
};

describe('a ReceiveInfo on its way to a server', () => {
  it('of a private message: a frame of type 8, and all that filters and operators read', () => {
    const { body, properties, ...rest } = toRocketMQ(receiveInfoMessage(3, privateMessage));
    expect(rest).toEqual({
      topic: 'im_message_private_3',
      tag: 'PRIVATE_MESSAGE',
      keys: ['501', 'c1'],
      messageGroup: 'p_2_9',
      deliverAtMs: 0n,
    });
    expect([...properties]).toEqual([
      ['im_type', '8'],
      ['im_version', '1'],
      ['im_command', 'PRIVATE_MESSAGE'],
      ['im_trace', 't-1'],
      ['im_service', 'chat'],
    ]);
    // 00 00 00 xx 01 08 00 00: version 1, type 8, no flags.
    expect([...body.subarray(4, 8)]).toEqual([1, 8, 0, 0]);
    expect(body).toEqual(encodeFrame('ReceiveInfo', privateMessage));
  });

  it('of a group message goes on the FIFO topic of groups, in the order of the group', () => {
    const { topic, tag, messageGroup, keys } = toRocketMQ(receiveInfoMessage('s-1', groupMessage));
    expect([topic, tag, messageGroup, keys]).toEqual(['im_message_group_s-1', 'GROUP_MESSAGE', 'g_7', ['501', 'c1']]);
  });

  it.each([
    [{ cmd: Command.FORCE_LOGOUT, receivers, data: { $case: 'forceLogout', value: { user: sender } } }, 'FORCE_LOGOUT', []],
    [
      { cmd: Command.SYSTEM_MESSAGE, everyone: true, data: { $case: 'systemMessage', value: { content } } },
      'SYSTEM_MESSAGE',
      ['501', 'c1'],
    ],
    [{ cmd: 1234, receivers }, '1234', []],
  ] as const)('of the system or an application goes on the topic of the system, in no group: %#', (receiveInfo, tag, keys) => {
    const mapped = toRocketMQ(receiveInfoMessage(3, receiveInfo as ReceiveInfoInit));
    expect([mapped.topic, mapped.tag, mapped.keys, mapped.messageGroup]).toEqual(['im_message_system_3', tag, keys, '']);
    expect(mapped.properties.get('im_command')).toBe(tag);
  });

  it.each([
    [1n, 2n, 'p_1_2'],
    [2n, 1n, 'p_1_2'],
    [5n, 5n, 'p_5_5'],
    [10n, 9n, 'p_9_10'],
    [(1n << 63n) - 1n, (1n << 63n) - 2n, 'p_9223372036854775806_9223372036854775807'],
  ])('the conversation of %s and %s is %s', (from, to, group) => {
    const data = { $case: 'privateMessage', value: { sender: { userId: from, terminal: 1 }, receiverId: to, content } } as const;
    const mapped = toRocketMQ(receiveInfoMessage(3, { ...privateMessage, data }));
    expect(mapped.messageGroup).toBe(group);
    expect(mapped.messageGroup.length).toBeLessThanOrEqual(41);
  });
});

describe('a SendResult on its way back', () => {
  const result = { sender, receivers, code: SendCode.SUCCESS, cmd: Command.PRIVATE_MESSAGE, messageId: 501n, traceId: 't-1' };

  it('goes to the results of its kind, under the service that asked', () => {
    const { body, ...rest } = toRocketMQ(sendResultMessage(result), { serviceName: 'chat' });
    expect(rest).toEqual({
      topic: 'im_result_private',
      tag: 'PRIVATE_MESSAGE',
      keys: ['501'],
      messageGroup: '',
      deliverAtMs: 0n,
      properties: new Map([
        ['im_type', '9'],
        ['im_version', '1'],
        ['im_command', 'PRIVATE_MESSAGE'],
        ['im_trace', 't-1'],
        ['im_service', 'chat'],
      ]),
    });
    expect(body[5]).toBe(9);
  });

  it('refuses a name that no service can have', () => {
    const error = thrownBy(() => toRocketMQ(sendResultMessage(result), { serviceName: 'a service' }));
    expect(error.message).toBe('[INVALID_MESSAGE] serviceName: character 1 is not in [a-zA-Z0-9_-]');
  });
});

it('raw bytes are the body, alone', () => {
  const mapped = toRocketMQ({ topic: 'audit', tag: 'a b', payload: { $case: 'raw', value: Uint8Array.of(1, 2) } });
  expect(mapped.properties.size).toBe(0);
  expect(mapped.body).toEqual(Uint8Array.of(1, 2));
});

describe('there and back', () => {
  it(`leaves any message as it was, seed ${SEED}`, () => {
    fc.assert(
      fc.property(topicMessages, (message) => {
        expect(fromRocketMQ(toRocketMQ(message))).toEqual(message);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('fills in what a message leaves out, once', () => {
    const short: TopicMessageInit = {
      topic: 'im_message_private_3',
      keys: ['own'],
      payload: { $case: 'receiveInfo', value: privateMessage },
    };
    const back = fromRocketMQ(toRocketMQ(short));
    expect([back.tag, back.keys, back.messageGroup]).toEqual(['PRIVATE_MESSAGE', ['501', 'c1', 'own'], 'p_2_9']);
    expect(fromRocketMQ(toRocketMQ(back))).toEqual(back);
  });

  it("reads the view of the official client: undefined for what is not set, a Date, a property of RocketMQ's own", () => {
    const { topic, tag, keys, messageGroup, properties, body } = toRocketMQ(receiveInfoMessage(3, privateMessage));
    const view = {
      topic,
      tag,
      keys: [...keys],
      messageGroup,
      body: Buffer.from(body),
      properties: new Map([...properties, ['__SHARDINGKEY', 'p_2_9']]),
    };
    expect(toRocketMQ(fromRocketMQ(view))).toEqual(toRocketMQ(receiveInfoMessage(3, privateMessage)));
    const late = fromRocketMQ({
      topic: 't',
      tag: undefined,
      body: Uint8Array.of(1),
      deliveryTimestamp: new Date(1_767_225_600_000),
    });
    expect(late).toEqual({
      topic: 't',
      tag: '',
      keys: [],
      messageGroup: '',
      deliverAtMs: 1_767_225_600_000n,
      properties: new Map(),
      payload: { $case: 'raw', value: Uint8Array.of(1) },
    });
  });

  it.each([
    [
      { im_type: '7' },
      '[UNSUPPORTED_TYPE] im_type: expected the type of a ReceiveInfo, SendResult, SessionEvent or UplinkInfo, got 7',
    ],
    [
      { im_type: 'x\n' },
      '[UNSUPPORTED_TYPE] im_type: expected the type of a ReceiveInfo, SendResult, SessionEvent or UplinkInfo, got something else',
    ],
    [{ im_type: '9' }, '[UNSUPPORTED_TYPE] im_type: the body is a ReceiveInfo, expected a SendResult'],
  ])('refuses a body that is not what its properties say: %#', (changed, text) => {
    const mapped = toRocketMQ(receiveInfoMessage(3, privateMessage));
    const properties = new Map(Object.entries(changed));
    expect(thrownBy(() => fromRocketMQ({ ...mapped, properties })).message).toBe(text);
  });

  it('refuses a compressed body', () => {
    const mapped = toRocketMQ(receiveInfoMessage(3, privateMessage));
    const body = mapped.body.slice();
    body[7] = 1;
    expect(thrownBy(() => fromRocketMQ({ ...mapped, body })).code).toBe('NOT_NEGOTIATED');
  });
});
