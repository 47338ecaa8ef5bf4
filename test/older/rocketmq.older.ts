// What a release writes to RocketMQ is read by the other.
import { describe, expect, it } from 'vitest';
import type { ReceiveInfoInit, SendResultInit, TopicMessageInit } from '../../src/index.js';
import { NEW, OLD, type Release } from './releases.js';
import { RECEIVE_INFO_SAMPLES } from './samples.js';
import { CONTENT_BODY, conversationMessage } from './topic-samples.js';

const FROM = [
  [NEW, OLD],
  [OLD, NEW],
] as const;

const RESULT: SendResultInit = { sender: { userId: 1n, terminal: 1 }, code: 1, cmd: 4, messageId: 9n, traceId: 't' };
const FORCE_LOGOUT: ReceiveInfoInit = {
  cmd: 3,
  receivers: [{ terminal: 1, userIds: [5n] }],
  data: { $case: 'forceLogout', value: { user: { userId: 5n, terminal: 1 }, reason: 'r' } },
};

const MESSAGES: readonly (readonly [name: string, make: (release: Release) => TopicMessageInit])[] = [
  ['a private message', ({ rocketmq }) => rocketmq.receiveInfoMessage('s1', conversationMessage())],
  ['a logout', ({ rocketmq }) => rocketmq.receiveInfoMessage('s1', FORCE_LOGOUT)],
  ['a result', ({ rocketmq }) => rocketmq.sendResultMessage(RESULT)],
];

describe.each(FROM)('written by the $name release', (from, to) => {
  it.each(MESSAGES)(`%s is read by the ${to.name} one`, (_name, make) => {
    const mapped = from.rocketmq.toRocketMQ(make(from));
    const own = from.rocketmq.fromRocketMQ(mapped as never);
    const read = to.rocketmq.fromRocketMQ(mapped as never);
    const { topic, tag, keys, messageGroup } = read;
    expect({ topic, tag, keys, messageGroup }).toEqual({
      topic: own.topic,
      tag: own.tag,
      keys: own.keys,
      messageGroup: own.messageGroup,
    });
    const json = (release: Release, message: object): unknown => release.json.toJSON('TopicMessage', message as never);
    expect(json(to, read)).toEqual(json(from, own));
    // And back: the same bytes.
    expect(to.rocketmq.toRocketMQ(read).body).toEqual(mapped.body);
  });

  it.each(MESSAGES)(`%s goes through the embedded broker of the ${to.name} one`, async (_name, make) => {
    const message = to.rocketmq.fromRocketMQ(from.rocketmq.toRocketMQ(make(from)) as never);
    const { topic, messageGroup } = message;
    const broker = new to.rocketmq.EmbeddedBroker({ topics: { [topic]: messageGroup === '' ? 'NORMAL' : 'FIFO' } });
    const delivered = new Promise<unknown>((resolve) => {
      void broker.subscribe({ group: 'g', topics: [topic] }, (delivery) => resolve(delivery.message));
    });
    await broker.publish(message);
    expect(to.json.toJSON('TopicMessage', (await delivered) as never)).toEqual(to.json.toJSON('TopicMessage', message as never));
    await broker.close();
  });
});

describe('written by this release, with something of version 2', () => {
  it('what version 1 may skip is read by the older one, with the fallback', () => {
    const message = conversationMessage({ seq: 4n, fallback: 'f', body: CONTENT_BODY });
    const mapped = NEW.rocketmq.toRocketMQ(NEW.rocketmq.receiveInfoMessage('s1', message));
    expect(mapped.body[4]).toBe(1);
    const { payload } = OLD.rocketmq.fromRocketMQ(mapped as never);
    const { content } = (payload as never as { value: { data: { value: { content: object } } } }).value.data.value;
    expect(content).toMatchObject({ fallback: 'f', body: undefined });
  });

  it.each(RECEIVE_INFO_SAMPLES.map((info) => [info.cmd, info] as const))(
    'command %i is refused by the older one, not misread',
    (_cmd, info) => {
      const mapped = NEW.rocketmq.toRocketMQ(NEW.rocketmq.receiveInfoMessage('s1', { ...info, everyone: true }));
      const read = (): unknown => OLD.rocketmq.fromRocketMQ(mapped as never);
      // An ignorable command travels in a frame of version 1, where the older release reads a command that it does not know.
      if (mapped.body[4] === 1) {
        expect(read()).toMatchObject({ payload: { value: { cmd: info.cmd, data: undefined } } });
        return;
      }
      try {
        read();
      } catch (error) {
        expect((error as { code?: string }).code).toBe('UNSUPPORTED_VERSION');
        return;
      }
      throw new Error('read by the older release');
    },
  );
});
