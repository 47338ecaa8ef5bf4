import { describe, expect, it } from 'vitest';
import { consumerGroup, deadLetterGroup, deadLetterTopic } from '../../src/rocketmq/name-rules.js';
import { TOPIC_KINDS, topics } from '../../src/rocketmq/topics.js';
import { thrownBy } from '../thrown-by.js';

describe('topics', () => {
  it('of messages and results', () => {
    expect(topics.ofServer(7)).toEqual(['im_message_private_7', 'im_message_group_7', 'im_message_system_7']);
    expect(topics.ofResults()).toEqual(['im_result_private', 'im_result_group', 'im_result_system']);
  });

  it('of events, sessions and uplinks are apart from those of version 1', () => {
    expect([topics.ofEvents(7), topics.message('event', 'a')]).toEqual([['im_event_7'], 'im_event_a']);
    expect(topics.ofUplinks()).toEqual(['im_session', 'im_uplink']);
    expect(TOPIC_KINDS.map((kind) => topics.result(kind))).toEqual([...topics.ofResults(), 'im_result_system']);
    expect(topics.parse('im_event_eu_1-b')).toEqual({ carries: 'ReceiveInfo', kind: 'event', serverId: 'eu_1-b', type: 'FIFO' });
    expect(topics.parse('im_session')).toEqual({ carries: 'SessionEvent', type: 'FIFO' });
    expect(topics.parse('im_uplink')).toEqual({ carries: 'UplinkInfo', type: 'FIFO' });
  });

  it('say what they carry', () => {
    expect(topics.parse('im_message_private_eu_1-b')).toEqual({
      carries: 'ReceiveInfo',
      kind: 'private',
      serverId: 'eu_1-b',
      type: 'FIFO',
    });
    expect(topics.parse('im_message_group_7')).toEqual({ carries: 'ReceiveInfo', kind: 'group', serverId: '7', type: 'FIFO' });
    expect(topics.parse('im_message_system_7')).toEqual({
      carries: 'ReceiveInfo',
      kind: 'system',
      serverId: '7',
      type: 'NORMAL',
    });
    expect(topics.parse('im_result_group')).toEqual({ carries: 'SendResult', kind: 'group', type: 'NORMAL' });
  });

  it.each([
    '',
    'im_message_private_',
    'im_message_other_7',
    'im_result_private_7',
    'im_result_event',
    'im_event_',
    'im_message_event_7',
    'im_session_7',
    'im_uplink_',
    `im_event_${'x'.repeat(109)}`,
    'xim_result_private',
    'im_message_private_a.b',
  ])('of others say nothing: %s', (topic) => expect(topics.parse(topic)).toBeUndefined());

  it.each([107, 108])('the id of a server may have %i characters', (length) => {
    const topic = topics.message('private', 'x'.repeat(length));
    expect(topic.length).toBeLessThanOrEqual(127);
    expect(topics.parse(topic)).toMatchObject({ serverId: 'x'.repeat(length) });
  });

  it('and no more: the topic would be longer than RocketMQ takes', () => {
    const { message, limit, actual } = thrownBy(() => topics.message('system', 'x'.repeat(109)));
    expect([message, limit, actual]).toEqual(['[INVALID_MESSAGE] serverId: got 109 bytes, limit 108', 108, 109]);
    expect(topics.parse(`im_message_system_${'x'.repeat(109)}`)).toBeUndefined();
  });

  it.each([
    ['', '[INVALID_MESSAGE] serverId: got 0 bytes, at least 1'],
    ['a.b', '[INVALID_MESSAGE] serverId: character 1 is not in [a-zA-Z0-9_-]'],
    ['a:b', '[INVALID_MESSAGE] serverId: character 1 is not in [a-zA-Z0-9_-]'],
    ['ab%', '[INVALID_MESSAGE] serverId: character 2 is not in [a-zA-Z0-9_-]'],
  ])('an id that RocketMQ does not take is refused: %j', (id, text) => {
    expect(thrownBy(() => topics.message('private', id)).message).toBe(text);
  });
});

describe('consumer groups', () => {
  it('are named after a server or a service', () => {
    expect([consumerGroup('server', 7), consumerGroup('event', 7), consumerGroup('service', 'chat')]).toEqual([
      'im_server_7',
      'im_event_7',
      'im_service_chat',
    ]);
  });

  it.each(['server', 'event'] as const)('of a %s accept the ids that its topics accept', (role) => {
    for (const length of [107, 108]) {
      const id = 'x'.repeat(length);
      expect(consumerGroup(role, id)).toBe(`im_${role}_${id}`);
      expect(topics.ofServer(id)).toHaveLength(3);
    }
    for (const length of [109, 110, 111, 112]) {
      const { message, limit, actual } = thrownBy(() => consumerGroup(role, 'x'.repeat(length)));
      expect([message, limit, actual]).toEqual([`[INVALID_MESSAGE] serverId: got ${length} bytes, limit 108`, 108, length]);
    }
  });

  it('of a service use all bytes of a group name', () => {
    expect(consumerGroup('service', 'x'.repeat(108)).length).toBe(119);
    expect(consumerGroup('service', 'x'.repeat(109)).length).toBe(120);
    expect(thrownBy(() => consumerGroup('service', 'x'.repeat(110))).message).toBe(
      '[INVALID_MESSAGE] service: got 110 bytes, limit 109',
    );
  });

  it('have a topic for what they gave up', () => {
    const group = 'x'.repeat(120);
    expect(deadLetterTopic(group)).toBe(`%DLQ%${group}`);
    expect(deadLetterGroup(`%DLQ%${group}`)).toBe(group);
    expect(deadLetterGroup('im_result_group')).toBeUndefined();
    expect(thrownBy(() => deadLetterTopic(`${group}x`)).message).toBe('[INVALID_MESSAGE] group: got 121 bytes, limit 120');
    expect(thrownBy(() => deadLetterTopic('a.b')).message).toBe('[INVALID_MESSAGE] group: character 1 is not in [%|a-zA-Z0-9_-]');
  });
});
