// Random messages that keep every rule, for topics of this system and for others.
import fc from 'fast-check';
import {
  ReceiveInfo,
  type ReceiveInfoInit,
  SendResult,
  type SendResultInit,
  type SessionEventInit,
  type TopicMessage,
  TopicMessage as TopicMessageCodec,
  type UplinkInfoInit,
} from '../../generated/models.js';
import {
  receiveInfoMessage,
  sendResultMessage,
  sessionEventMessage,
  uplinkInfoMessage,
} from '../../src/rocketmq/topic-messages.js';

const id = fc.oneof(fc.bigInt({ min: 1n, max: (1n << 63n) - 1n }), fc.bigInt({ min: 1n, max: 99n }));
const terminal = fc.integer({ min: 1, max: 5 });
const user = fc.record({ userId: id, terminal });
const noControl = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).map((text) => text.replaceAll(/\p{Cc}/gu, '_').toWellFormed());
const ascii = (maxLength: number) =>
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength });
const word = (min: number, max: number) => fc.stringMatching(new RegExp(`^[a-zA-Z0-9_-]{${min},${max}}$`));
const filled = (text: fc.Arbitrary<string>) => text.filter((value) => value.trim() !== '');

const body = fc.oneof(
  noControl(20).map((text) => ({ $case: 'text', value: { text: `t${text}` } }) as const),
  id.map((messageId) => ({ $case: 'recall', value: { messageId } }) as const),
  fc.uint8Array({ maxLength: 40 }).map((value) => ({ $case: 'custom', value: { typeUrl: 'a/com.example.X', value } }) as const),
);
const content = fc.record({
  messageId: fc.oneof(fc.constant(0n), id),
  clientMessageId: ascii(20),
  sentAtMs: fc.bigInt({ min: 0n, max: 253402300799999n }),
  fallback: noControl(20),
  body,
});

const commandAndData = fc.oneof(
  fc
    .record({ sender: user, receiverId: id, content })
    .map((value) => ({ cmd: 4, data: { $case: 'privateMessage', value } }) as const),
  fc
    .record({ sender: user, groupId: id, mentionedIds: fc.array(id, { maxLength: 3 }), content })
    .map((value) => ({ cmd: 5, data: { $case: 'groupMessage', value } }) as const),
  fc.record({ content }).map((value) => ({ cmd: 6, data: { $case: 'systemMessage', value } }) as const),
  fc.record({ user, reason: noControl(10) }).map((value) => ({ cmd: 3, data: { $case: 'forceLogout', value } }) as const),
  fc.integer({ min: 1000, max: 9999 }).map((cmd) => ({ cmd }) as const),
);
const receivers = fc.array(fc.record({ terminal, userIds: fc.array(id, { minLength: 1, maxLength: 5 }) }), {
  minLength: 1,
  maxLength: 4,
});

export const receiveInfos: fc.Arbitrary<ReceiveInfoInit> = fc
  .record({ commandAndData, receivers, sender: user, skipResult: fc.boolean(), serviceName: word(0, 20), traceId: ascii(20) })
  .map(({ commandAndData: command, ...rest }) => ReceiveInfo.create({ ...rest, ...command }));

export const sendResults: fc.Arbitrary<SendResultInit> = fc
  .record({
    commandAndData,
    receivers,
    sender: user,
    code: fc.integer({ min: 1, max: 9 }),
    messageId: fc.oneof(fc.constant(0n), id),
  })
  .map(({ commandAndData: { cmd }, ...rest }) => SendResult.create({ ...rest, cmd }));

const time = fc.bigInt({ min: 1n, max: 253402300799999n });
const connection = fc.record({ serverId: word(1, 108), connectionId: ascii(64).filter((text) => text !== '') });
const version = fc.integer({ min: 1, max: 127 });

export const sessionEvents: fc.Arbitrary<SessionEventInit> = fc
  .record({ connection, user, kind: fc.integer({ min: 1, max: 9 }), atMs: time, epoch: id, version })
  .map(({ connection: from, ...rest }) => ({ ...from, ...rest }));

const conversation = fc.oneof(
  fc.tuple(id, id).map(([a, b]) => {
    const value = a < b ? { lowerId: a, higherId: b } : { lowerId: b, higherId: a };
    return { kind: { $case: 'private', value } } as const;
  }),
  id.map((value) => ({ kind: { $case: 'groupId', value } }) as const),
  id.map((value) => ({ kind: { $case: 'roomId', value } }) as const),
);
const event = fc.oneof(
  fc
    .record({ conversation, sender: user, expiresInMs: fc.integer({ min: 0, max: 60_000 }) })
    .map((value) => ({ cmd: 15, data: { $case: 'typing', value } }) as const),
  fc
    .record({ callId: word(1, 61), conversation, sender: user, step: fc.integer({ min: 1, max: 99 }), sentAtMs: time })
    .map((step) => ({ ...step, action: { $case: 'ringing', value: {} } }) as const)
    .map((value) => ({ cmd: 18, data: { $case: 'call', value } }) as const),
  fc.record({ sender: user, roomId: id, content }).map((value) => ({ cmd: 21, data: { $case: 'roomMessage', value } }) as const),
);

const eventInfos: fc.Arbitrary<ReceiveInfoInit> = fc
  .record({ event, receivers, sender: user })
  .map(({ event: command, ...rest }) => ({ ...rest, ...command }));

export const uplinkInfos: fc.Arbitrary<UplinkInfoInit> = fc
  .record({ connection, event, sender: user, version, receivedAtMs: time, number: id, traceId: ascii(20) })
  .map(({ connection: from, event: command, ...rest }) => ({ ...from, ...rest, ...command }));

const extras = fc.record({
  keys: fc.array(
    ascii(9).filter((key) => key !== ''),
    { maxLength: 4 },
  ),
  properties: fc
    .dictionary(
      word(1, 9).filter((key) => !/^(im_|__|[A-Z0-9_]+$)/.test(key)),
      filled(noControl(12)),
      { maxKeys: 5 },
    )
    .map((entries) => new Map(Object.entries(entries))),
});

const raws: fc.Arbitrary<TopicMessage> = fc
  .record({
    topic: word(1, 60).filter((topic) => !/^(im_|rmq_sys_|[A-Z_0-9]+$|BenchmarkTest$)/.test(topic)),
    tag: fc.oneof(
      fc.constant(''),
      filled(noControl(10)).map((tag) => tag.replaceAll('|', '/')),
    ),
    order: fc.oneof(
      fc.constant({}),
      filled(noControl(5)).map((messageGroup) => ({ messageGroup })),
      fc.bigInt({ min: 1n, max: 253402300799999n }).map((deliverAtMs) => ({ deliverAtMs })),
    ),
    extra: extras,
    value: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  })
  .map(({ order, extra, value, ...rest }) =>
    TopicMessageCodec.create({ ...rest, ...order, ...extra, payload: { $case: 'raw', value } }),
  );

/** Complete messages: nothing is left to be filled in. */
export const topicMessages: fc.Arbitrary<TopicMessage> = fc.oneof(
  fc
    .tuple(word(1, 20), receiveInfos, extras)
    .map(([serverId, receiveInfo, extra]) => TopicMessageCodec.create(receiveInfoMessage(serverId, receiveInfo, extra))),
  fc
    .tuple(word(1, 20), eventInfos, extras)
    .map(([serverId, receiveInfo, extra]) => TopicMessageCodec.create(receiveInfoMessage(serverId, receiveInfo, extra))),
  fc.tuple(sessionEvents, extras).map(([session, extra]) => TopicMessageCodec.create(sessionEventMessage(session, extra))),
  fc.tuple(uplinkInfos, extras).map(([uplink, extra]) => TopicMessageCodec.create(uplinkInfoMessage(uplink, extra))),
  fc.tuple(sendResults, extras).map(([result, extra]) => TopicMessageCodec.create(sendResultMessage(result, extra))),
  raws,
);
