// The messages that are measured: realistic values, ids of 61 bits, 16 different ones each, the same in each run.
import { Random } from './random.mjs';

const random = new Random(20_240_501);
/** How many different messages of a kind take turns, so that nothing is learnt by heart. A power of 2. */
export const VARIANTS = 16;

const ENGLISH =
  'the meeting moved to three o clock can you bring the printed slides and ask Anna whether room 12 is free thanks see you'.split(
    ' ',
  );
const CHINESE = '今天下午三点开会请大家准时参加记得带上打印好的材料我们在楼会议室见谢谢你帮忙问一下王经理是否可以明早再联系';
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

const LOGGED_ON = { web: 1, app: 2, pc: 3 };
const COMMAND = { heartbeat: 2, privateMessage: 4, groupMessage: 5 };

/** 61 bits, as of a snowflake generator. */
function id() {
  return (1n << 60n) | (BigInt(random.below(2 ** 30)) << 30n) | BigInt(random.below(2 ** 30));
}

function ids(count) {
  return Array.from({ length: count }, id);
}

function now() {
  return 1_767_225_600_000n + BigInt(random.below(31_536_000_000));
}

function characters(length, from) {
  return Array.from({ length }, () => random.pick(from)).join('');
}

/** ASCII words, exactly `length` characters. */
export function ascii(length) {
  let text = '';
  while (text.length < length) text += `${random.pick(ENGLISH)}${random.below(8) === 0 ? ', ' : ' '}`;
  return `${text.slice(0, length - 1)}.`;
}

/** Chinese text with punctuation, exactly `length` characters of three bytes each. */
export function chinese(length) {
  return Array.from({ length }, (_, i) => (i % 12 === 11 ? random.pick('，。！') : random.pick(CHINESE))).join('');
}

function sender() {
  return { userId: id(), terminal: random.pick([LOGGED_ON.web, LOGGED_ON.app, LOGGED_ON.pc]) };
}

function content(text) {
  return { clientMessageId: characters(21, ID_CHARACTERS), sentAtMs: now(), body: { $case: 'text', value: { text } } };
}

function privateMessage(text) {
  const value = { sender: sender(), receiverId: id(), content: content(text) };
  return { cmd: COMMAND.privateMessage, sequence: random.between(1, 100_000), data: { $case: 'privateMessage', value } };
}

function heartbeat() {
  const data = { $case: 'heartbeat', value: { sentAtMs: now() } };
  return { cmd: COMMAND.heartbeat, sequence: random.between(1, 100_000), data };
}

function sendResult() {
  const receivers = [{ terminal: LOGGED_ON.app, userIds: [id()] }];
  return {
    sender: sender(),
    receivers,
    code: 1,
    cmd: COMMAND.privateMessage,
    messageId: id(),
    traceId: characters(32, '0123456789abcdef'),
  };
}

/** A group message for `receivers` receivers on the three kinds of terminal. */
export function receiveInfo(receivers) {
  const app = Math.ceil(receivers * 0.6);
  const pc = Math.ceil((receivers - app) * 0.7);
  const lists = [
    { terminal: LOGGED_ON.app, userIds: ids(app) },
    { terminal: LOGGED_ON.pc, userIds: ids(pc) },
    { terminal: LOGGED_ON.web, userIds: ids(receivers - app - pc) },
  ];
  return {
    cmd: COMMAND.groupMessage,
    sender: sender(),
    receivers: lists.filter(({ userIds }) => userIds.length > 0),
    serviceName: 'group-service',
    traceId: characters(32, '0123456789abcdef'),
    data: { $case: 'groupMessage', value: { sender: sender(), groupId: id(), content: content(ascii(random.between(20, 110))) } },
  };
}

function topicMessage() {
  return {
    topic: `im_message_private_${random.between(1, 40)}`,
    tag: 'PRIVATE_MESSAGE',
    keys: [String(id()), characters(21, ID_CHARACTERS)],
    messageGroup: `p_${id()}_${id()}`,
    properties: new Map([
      ['region', 'cn-east-1'],
      ['tenant', characters(8, ID_CHARACTERS)],
    ]),
    payload: { $case: 'raw', value: random.bytes(16_384) },
  };
}

function variants(make) {
  return Array.from({ length: VARIANTS }, make);
}

/** SendInfo with a private message whose text is given. */
export const chat = privateMessage;

/** Each kind of message: its model, what it is called in the report, and the messages. */
export const MESSAGES = {
  heartbeat: { type: 'SendInfo', title: 'heartbeat', of: variants(heartbeat) },
  'chat-ascii': { type: 'SendInfo', title: 'chat, ASCII', of: variants(() => privateMessage(ascii(random.between(20, 110)))) },
  'chat-chinese': {
    type: 'SendInfo',
    title: 'chat, Chinese',
    of: variants(() => privateMessage(chinese(random.between(6, 51)))),
  },
  'send-result': { type: 'SendResult', title: 'send result', of: variants(sendResult) },
  'receive-500': { type: 'ReceiveInfo', title: '500 receivers', of: variants(() => receiveInfo(500)) },
  '4k-ascii': { type: 'SendInfo', title: '4 KiB, ASCII', of: variants(() => privateMessage(ascii(4096))) },
  '4k-chinese': { type: 'SendInfo', title: '4 KiB, Chinese', of: variants(() => privateMessage(chinese(1365))) },
  'topic-16k': { type: 'TopicMessage', title: 'topic, 16 KiB body', of: variants(topicMessage) },
};
