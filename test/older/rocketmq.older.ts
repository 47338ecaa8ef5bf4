// What a release writes to RocketMQ is read by the other.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { SendCodeTable } from '../../generated/im/protocol/v1/send_code.codec.js';
import { TerminalTable } from '../../generated/im/protocol/v1/terminal.codec.js';
import { TopicMessageTable } from '../../generated/im/protocol/v1/topic_message.codec.js';
import { Command, type ReceiveInfoInit, type SendResultInit, type TopicMessageInit } from '../../src/index.js';
import { type RocketMQMessage, sessionEventMessage, uplinkInfoMessage } from '../../src/rocketmq/index.js';
import { later } from './later.js';
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

const CONTENT = { messageId: 9n, body: { $case: 'text', value: { text: 'x' } } } as const;
const USER = { userId: 1n, terminal: 1 };
const CONNECTION = { serverId: 's1', connectionId: 'c', version: 2 };

/** The code with which the older release refuses a message. */
function refusalOf(mapped: RocketMQMessage): unknown {
  try {
    OLD.rocketmq.fromRocketMQ(mapped);
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

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
      // An ignorable command travels in a frame of version 1, where the older release reads a command that it does not know.
      expect(mapped.body[4]).toBe(COMMANDS[info.cmd].ignorable ? 1 : 2);
      if (mapped.body[4] === 2) expect(refusalOf(mapped)).toBe('UNSUPPORTED_VERSION');
      else {
        const read = OLD.rocketmq.fromRocketMQ(mapped as never);
        expect(read).toMatchObject({ payload: { value: { cmd: info.cmd, data: undefined } } });
      }
    },
  );

  it.each<[string, ReceiveInfoInit]>([
    ['an audience', { cmd: 5, everyone: true, audience: { kind: { $case: 'groupId', value: 7n } } }],
    ['a reply', { cmd: 7, receivers: [{ terminal: 1, userIds: [1n] }], connectionId: 'c', replyTo: 3 }],
  ])('a ReceiveInfo with %s is refused by the older one', (_what, info) => {
    const data =
      info.cmd === 7
        ? { $case: 'sendResult', value: { code: 1, cmd: 4 } }
        : { $case: 'groupMessage', value: { sender: { userId: 1n, terminal: 1 }, groupId: 7n, content: CONTENT } };
    const message = NEW.rocketmq.receiveInfoMessage('s1', { ...info, data } as ReceiveInfoInit);
    expect(refusalOf(NEW.rocketmq.toRocketMQ(message))).toBe('UNSUPPORTED_VERSION');
  });

  it('receivers on every Terminal are read by the older one', () => {
    const receivers = later(TerminalTable).map((terminal) => ({ terminal, userIds: [2n] }));
    const mapped = NEW.rocketmq.toRocketMQ(NEW.rocketmq.receiveInfoMessage('s1', { ...conversationMessage(), receivers }));
    const { payload } = OLD.rocketmq.fromRocketMQ(mapped as never);
    expect(payload?.value).toMatchObject({ receivers });
  });

  it.each(later(SendCodeTable))('a result with code %i and every field of version 2 is read by the older one', (code) => {
    const more = { seq: 4n, sentAtMs: 1_767_225_600_000n, conversation: { kind: { $case: 'groupId', value: 7n } } } as const;
    const mapped = NEW.rocketmq.toRocketMQ(NEW.rocketmq.sendResultMessage({ ...RESULT, ...more, code }));
    expect(mapped.body[4]).toBe(1);
    const read = OLD.rocketmq.fromRocketMQ(mapped as never);
    expect(read.payload?.value).toMatchObject({ code, cmd: 4, messageId: 9n });
    // What it writes again still has them.
    const { payload } = NEW.rocketmq.fromRocketMQ(OLD.rocketmq.toRocketMQ(read) as never);
    expect(payload?.value).toMatchObject({ ...more, code });
  });

  it.each([
    ['sessionEvent', sessionEventMessage({ ...CONNECTION, user: USER, kind: 1, epoch: 1n })],
    ['uplinkInfo', uplinkInfoMessage({ ...CONNECTION, sender: USER, cmd: Command.LOGOUT, number: 1n })],
  ] as const)('a %s is of a type that the older one does not know', (name, message) => {
    expect(TopicMessageTable.fields.find((field) => field.name === name)?.since).toBe(2);
    expect(refusalOf(NEW.rocketmq.toRocketMQ(message))).toBe('UNSUPPORTED_TYPE');
  });

  it('the topics of version 2 are none of the older one', () => {
    const { topics } = NEW.rocketmq;
    const added = [...topics.ofUplinks(), ...topics.ofEvents('1')];
    expect(added.map((topic) => OLD.rocketmq.topics.parse(topic))).toEqual([undefined, undefined, undefined]);
    expect([topics.ofServer('1'), topics.ofResults()]).toEqual([
      OLD.rocketmq.topics.ofServer('1'),
      OLD.rocketmq.topics.ofResults(),
    ]);
  });
});
