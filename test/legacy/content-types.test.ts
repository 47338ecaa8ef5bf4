// Each type of messages, 0 to 211: what box-im sends, and what it becomes.
import { describe, expect, it } from 'vitest';
import { CallEndReason, Command, NoticeKind, Terminal } from '../../src/index.js';
import { LEGACY_CONTENT_TYPES, legacyProfile } from '../../src/legacy/index.js';
import { toNew, toOld } from './through-frames.js';

const BOX = legacyProfile('box-im');
const PAIR = { kind: { $case: 'private', value: { lowerId: 7n, higherId: 9n } } };
const GROUP = { kind: { $case: 'groupId', value: 5n } };
const SDP = '{"type":"offer","sdp":"v=0\\r\\n"}';
const CANDIDATE =
  '{"candidate":"candidate:1 1 UDP 1 10.0.0.1 5 typ host","sdpMid":"0","sdpMLineIndex":1,"usernameFragment":"ab"}';
const USERS = '[{"id":8,"nickName":"B","headImage":"","isCamera":true,"isMicroPhone":true},{"id":9,"nickName":"C"}]';

interface Case {
  readonly type: keyof typeof LEGACY_CONTENT_TYPES;
  readonly cmd: 3 | 4 | 5;
  readonly content?: string;
  readonly more?: object;
  readonly expected: { command: number; data: object };
}

const stored = { id: 70, status: 0, sendTime: 1_700_000_000_000 };
const privately = (content: object, command: number = Command.PRIVATE_MESSAGE) => ({
  command,
  data: { $case: 'privateMessage', value: { sender: { userId: 7n, terminal: Terminal.SERVER }, receiverId: 9n, content } },
});
const inGroup = (content: object) => ({
  command: Command.GROUP_MESSAGE,
  data: { $case: 'groupMessage', value: { sender: { userId: 7n, terminal: Terminal.SERVER }, groupId: 5n, content } },
});
const system = (content: object, conversation?: object) => ({
  command: Command.SYSTEM_MESSAGE,
  data: { $case: 'systemMessage', value: { content, conversation } },
});
const call = (action: object, conversation: object = PAIR) => ({
  command: Command.CALL,
  data: { $case: 'call', value: { conversation, sender: { userId: 7n, terminal: Terminal.SERVER }, action } },
});
const custom = (fallback: string) => ({
  fallback,
  body: { $case: 'custom', value: { typeUrl: 'type.googleapis.com/im.legacy.v1.JsonMessage' } },
});
const end = (reason: number, message = '') => ({ $case: 'end', value: { reason, message } });
const record = (value: object) => ({ body: { $case: 'call', value } });

const CASES: Case[] = [
  {
    type: 'TEXT',
    cmd: 3,
    content: '你好 #smile;',
    more: { ...stored, tmpId: '1700000000000123' },
    expected: privately({
      messageId: 70n,
      clientMessageId: '1700000000000123',
      sentAtMs: 1_700_000_000_000n,
      body: { $case: 'text', value: { text: '你好 #smile;' } },
    }),
  },
  {
    type: 'TEXT',
    cmd: 4,
    content: 'hi',
    more: { ...stored, sendNickName: 'Ann', receipt: true, readedCount: 0, atUserIds: [8, -1] },
    expected: {
      command: Command.GROUP_MESSAGE,
      data: {
        value: {
          groupId: 5n,
          mentionedIds: [8n],
          mentionEveryone: true,
          content: { hints: { receiptWanted: true, senderName: 'Ann' } },
        },
      },
    },
  },
  {
    type: 'IMAGE',
    cmd: 3,
    content: '{"originUrl":"https://f/a.png","thumbUrl":"https://f/t.png","width":10,"height":20}',
    more: stored,
    expected: privately({
      body: { $case: 'image', value: { url: 'https://f/a.png', thumbnailUrl: 'https://f/t.png', width: 10, height: 20 } },
    }),
  },
  {
    type: 'FILE',
    cmd: 4,
    content: '{"name":"a.pdf","size":12345678901,"url":"https://f/a.pdf"}',
    more: stored,
    expected: inGroup({ body: { $case: 'file', value: { name: 'a.pdf', sizeBytes: 12_345_678_901n, url: 'https://f/a.pdf' } } }),
  },
  {
    type: 'AUDIO',
    cmd: 3,
    content: '{"duration":7,"url":"https://f/a.mp3"}',
    more: stored,
    expected: privately({ body: { $case: 'audio', value: { durationMs: 7000, url: 'https://f/a.mp3', voice: true } } }),
  },
  { type: 'VIDEO', cmd: 3, content: '{"url":"x"}', more: stored, expected: privately(custom('{"url":"x"}')) },
  {
    type: 'RECALL',
    cmd: 3,
    content: '9007199254740993',
    more: stored,
    expected: privately({ messageId: 70n, body: { $case: 'recall', value: { messageId: 9_007_199_254_740_993n } } }),
  },
  { type: 'READ', cmd: 3, expected: privately({ body: { $case: 'read', value: { upToMessageId: 0n, messageIds: [] } } }) },
  { type: 'READ', cmd: 4, more: { sendTime: 5, readedCount: 0 }, expected: inGroup({ body: { $case: 'read' } }) },
  { type: 'RECEIPT', cmd: 3, expected: privately({ body: { $case: 'read' } }) },
  {
    type: 'RECEIPT',
    cmd: 4,
    more: { id: 70, readedCount: 3, receiptOk: true },
    expected: {
      command: Command.RECEIPTS,
      data: { $case: 'receipts', value: { conversation: GROUP, items: [{ messageId: 70n, read: 3, complete: true }] } },
    },
  },
  { type: 'TIP_TIME', cmd: 3, content: '12:30', expected: privately(custom('12:30')) },
  {
    type: 'TIP_TEXT',
    cmd: 3,
    content: 'You are friends now',
    more: stored,
    expected: system({ messageId: 70n, body: { $case: 'text', value: { text: 'You are friends now' } } }, PAIR),
  },
  {
    type: 'TIP_TEXT',
    cmd: 4,
    content: 'Ann joined',
    more: { ...stored, sendId: 0, sendNickName: '系统管理员', receipt: false, readedCount: 0 },
    expected: system({ hints: { senderName: '系统管理员' }, body: { $case: 'text', value: { text: 'Ann joined' } } }, GROUP),
  },
  { type: 'LOADING', cmd: 3, content: 'true', expected: privately(custom('true')) },
  {
    type: 'CALL_VOICE',
    cmd: 3,
    content: '通话时长 01:05',
    more: stored,
    expected: privately(
      record({ callId: 'legacy-70', video: false, answered: true, durationMs: 65_000, reason: CallEndReason.HANGUP }),
    ),
  },
  {
    type: 'CALL_VIDEO',
    cmd: 3,
    content: '已拒绝',
    more: stored,
    expected: privately(record({ video: true, answered: false, durationMs: 0, reason: CallEndReason.REJECTED })),
  },
  { type: 'USER_BANNED', cmd: 5, content: 'spam', expected: system(custom('spam')) },
  { type: 'GROUP_BANNED', cmd: 4, content: 'x', expected: inGroup(custom('x')) },
  { type: 'GROUP_UNBANNED', cmd: 4, content: 'y', expected: inGroup(custom('y')) },
  {
    type: 'FRIEND_NEW',
    cmd: 3,
    content: '{"id":7,"nickName":"Bob","headImage":"","isDnd":false,"deleted":false}',
    more: { sendTime: 5 },
    expected: system(
      { sentAtMs: 5n, body: { $case: 'notice', value: { kind: NoticeKind.CONTACT_ADDED, userIds: [7n], text: 'Bob' } } },
      PAIR,
    ),
  },
  {
    type: 'FRIEND_DELETED',
    cmd: 3,
    expected: system({ body: { $case: 'notice', value: { kind: NoticeKind.CONTACT_REMOVED, userIds: [7n] } } }, PAIR),
  },
  {
    type: 'FRIEND_MUTED',
    cmd: 3,
    content: 'true',
    expected: {
      command: Command.CONVERSATION,
      data: { $case: 'conversation', value: { conversation: PAIR, mutedUntilMs: 253_402_300_799_999n } },
    },
  },
  {
    type: 'GROUP_NEW',
    cmd: 4,
    content: '{"id":5,"name":"Team"}',
    more: { sendTime: 5 },
    expected: system({ body: { $case: 'notice', value: { kind: NoticeKind.GROUP_CREATED, actorId: 7n, text: 'Team' } } }, GROUP),
  },
  {
    type: 'GROUP_DELETED',
    cmd: 4,
    expected: system({ body: { $case: 'notice', value: { kind: NoticeKind.GROUP_DISSOLVED, actorId: 7n } } }, GROUP),
  },
  {
    type: 'GROUP_MUTED',
    cmd: 4,
    content: 'false',
    expected: {
      command: Command.CONVERSATION,
      data: { $case: 'conversation', value: { conversation: GROUP, mutedUntilMs: 0n } },
    },
  },
  {
    type: 'RTC_CALL_VOICE',
    cmd: 3,
    content: SDP,
    expected: call({ $case: 'invite', value: { video: false, offer: { sdp: 'v=0\r\n' } } }),
  },
  {
    type: 'RTC_CALL_VIDEO',
    cmd: 3,
    content: SDP,
    expected: call({ $case: 'invite', value: { video: true, offer: { sdp: 'v=0\r\n' } } }),
  },
  {
    type: 'RTC_ACCEPT',
    cmd: 3,
    content: '{"type":"answer","sdp":"v=1"}',
    expected: call({ $case: 'accept', value: { answer: { sdp: 'v=1' } } }),
  },
  { type: 'RTC_REJECT', cmd: 3, expected: call(end(CallEndReason.REJECTED)) },
  { type: 'RTC_CANCEL', cmd: 3, expected: call(end(CallEndReason.CANCELLED)) },
  { type: 'RTC_FAILED', cmd: 3, content: '对方无应答', expected: call(end(CallEndReason.FAILED, '对方无应答')) },
  { type: 'RTC_HANGUP', cmd: 3, expected: call(end(CallEndReason.HANGUP)) },
  {
    type: 'RTC_CANDIDATE',
    cmd: 3,
    content: CANDIDATE,
    expected: call({
      $case: 'candidates',
      value: {
        items: [{ candidate: 'candidate:1 1 UDP 1 10.0.0.1 5 typ host', sdpMid: '0', sdpMLineIndex: 1, usernameFragment: 'ab' }],
      },
    }),
  },
  {
    type: 'RTC_GROUP_SETUP',
    cmd: 4,
    content: USERS,
    expected: call({ $case: 'invite', value: { video: true, inviteeIds: [8n, 9n] } }, GROUP),
  },
  { type: 'RTC_GROUP_ACCEPT', cmd: 4, content: '', expected: call({ $case: 'accept' }, GROUP) },
  { type: 'RTC_GROUP_REJECT', cmd: 4, content: '', expected: call(end(CallEndReason.REJECTED), GROUP) },
  {
    type: 'RTC_GROUP_FAILED',
    cmd: 4,
    content: '{"userIds":[8],"reason":"busy"}',
    expected: call(end(CallEndReason.FAILED, 'busy'), GROUP),
  },
  { type: 'RTC_GROUP_CANCEL', cmd: 4, content: '', expected: call(end(CallEndReason.CANCELLED), GROUP) },
  { type: 'RTC_GROUP_QUIT', cmd: 4, content: '', expected: call(end(CallEndReason.HANGUP), GROUP) },
  { type: 'RTC_GROUP_INVITE', cmd: 4, content: USERS, expected: call({ $case: 'invite' }, GROUP) },
  { type: 'RTC_GROUP_JOIN', cmd: 4, content: '{"id":7,"nickName":"A"}', expected: call({ $case: 'accept' }, GROUP) },
  { type: 'RTC_GROUP_OFFER', cmd: 4, content: SDP, expected: call({ $case: 'offer', value: { sdp: 'v=0\r\n' } }, GROUP) },
  { type: 'RTC_GROUP_ANSWER', cmd: 4, content: SDP, expected: call({ $case: 'answer', value: { sdp: 'v=0\r\n' } }, GROUP) },
  { type: 'RTC_GROUP_CANDIDATE', cmd: 4, content: CANDIDATE, expected: call({ $case: 'candidates' }, GROUP) },
  {
    type: 'RTC_GROUP_DEVICE',
    cmd: 4,
    content: '{"groupId":5,"isCamera":true,"isMicroPhone":false}',
    expected: call({ $case: 'media', value: { camera: true, microphone: false, screen: false } }, GROUP),
  },
];

describe('each type of box-im', () => {
  const named = CASES.map((one) => ({ ...one, name: `${one.type} ${LEGACY_CONTENT_TYPES[one.type]} by cmd ${one.cmd}` }));

  it('has a case', () => {
    expect(new Set(CASES.map(({ type }) => type))).toEqual(new Set(Object.keys(LEGACY_CONTENT_TYPES)));
  });

  it.each(named)('$name becomes its counterpart and comes back', ({ type, cmd, content, more, expected }) => {
    const ends = { 3: { sendId: 7, recvId: 9 }, 4: { sendId: 7, groupId: 5 }, 5: {} }[cmd];
    const text = content === undefined ? {} : { content };
    const data = { ...ends, type: LEGACY_CONTENT_TYPES[type], ...text, ...more };
    const frame = toNew(JSON.stringify({ cmd, data }), BOX);
    expect(frame.message.cmd).toBe(expected.command);
    expect(frame.message.data).toMatchObject(expected.data);
    expect(toOld(frame, BOX)).toEqual([{ cmd, data }]);
  });

  it('a type that box-im does not have is kept, with its content as fallback', () => {
    const text = '{"cmd":3,"data":{"sendId":7,"recvId":9,"type":999,"content":"a new kind"}}';
    const frame = toNew(text, BOX);
    expect(frame.message.data).toMatchObject(privately(custom('a new kind')).data);
    expect(toOld(frame, BOX)).toEqual([JSON.parse(text)]);
  });
});
