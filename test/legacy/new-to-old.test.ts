// What older clients get of messages of this protocol.
import { describe, expect, it } from 'vitest';
import {
  CallEndReason,
  type CallSignalInit,
  Command,
  type ContentInit,
  LogoutReason,
  NoticeKind,
  type SendInfoInit,
  StreamState,
  Terminal,
} from '../../src/index.js';
import { encodeLegacy, encodeLegacyAll, legacyProfile, withDescription } from '../../src/legacy/index.js';
import { thrownBy } from '../thrown-by.js';

const BOX = legacyProfile('box-im');
const ANN = { userId: 7n, terminal: Terminal.WEB };
const PAIR = { kind: { $case: 'private', value: { lowerId: 7n, higherId: 9n } } } as const;
const GROUP = { kind: { $case: 'groupId', value: 5n } } as const;

const send = (message: SendInfoInit, receiverId?: bigint): string[] =>
  encodeLegacyAll({ type: 'SendInfo', message }, BOX, { receiverId });
const privately = (content: ContentInit): string[] =>
  send({
    cmd: Command.PRIVATE_MESSAGE,
    data: { $case: 'privateMessage', value: { sender: ANN, receiverId: 9n, content: { messageId: 70n, ...content } } },
  });
const system = (content: ContentInit, conversation?: typeof PAIR | typeof GROUP, receiverId?: bigint): string[] =>
  send({ cmd: Command.SYSTEM_MESSAGE, data: { $case: 'systemMessage', value: { content, conversation } } }, receiverId);
const call = (action: CallSignalInit['action'], conversation: CallSignalInit['conversation'] = PAIR): string[] =>
  send({ cmd: Command.CALL, data: { $case: 'call', value: { callId: 'c', conversation, sender: ANN, step: 1, action } } });
const stored = (content: string, type: number): string[] => [
  `{"cmd":3,"data":{"id":70,"sendId":7,"recvId":9,"content":${JSON.stringify(content)},"type":${type},"status":0}}`,
];
const text = (value: string): ContentInit['body'] => ({ $case: 'text', value: { text: value } });

describe('bodies', () => {
  const cases: [name: string, content: ContentInit, expected: string[]][] = [
    ['a text', { body: text('hi') }, stored('hi', 0)],
    [
      'a picture without a preview',
      { body: { $case: 'image', value: { url: 'u' } } },
      stored('{"originUrl":"u","thumbUrl":"u"}', 1),
    ],
    [
      'a file without a name',
      { body: { $case: 'file', value: { url: 'https://f/x/a.pdf?k=1', sizeBytes: 5n } } },
      stored('{"name":"a.pdf","size":5,"url":"https://f/x/a.pdf?k=1"}', 2),
    ],
    [
      'audio of 3.5 s',
      { body: { $case: 'audio', value: { url: 'u', durationMs: 3500 } } },
      stored('{"duration":4,"url":"u"}', 3),
    ],
    [
      'a video',
      { body: { $case: 'video', value: { url: 'u', name: 'v.mp4' } } },
      stored('{"name":"v.mp4","size":0,"url":"u"}', 2),
    ],
    ['a recall', { body: { $case: 'recall', value: { messageId: 9n } } }, stored('9', 10)],
    [
      'an edit: the message again',
      {
        messageId: 99n,
        sentAtMs: 0n,
        body: { $case: 'edit', value: { messageId: 70n, revision: 1, content: { body: text('new') } } },
      },
      stored('new', 0),
    ],
    ['an open stream', { body: { $case: 'stream', value: { text: 'so f', state: StreamState.OPEN } } }, []],
    ['a finished stream', { body: { $case: 'stream', value: { text: 'so far', state: StreamState.DONE } } }, stored('so far', 0)],
    ['a failed stream', { body: { $case: 'stream', value: { text: 'so', state: StreamState.FAILED } } }, stored('so', 0)],
    [
      'a reaction',
      { fallback: '+1', body: { $case: 'reaction', value: { messageId: 1n, emoji: '+1' } } as ContentInit['body'] },
      [],
    ],
    ['a place', { fallback: '[Place]', body: { $case: 'location', value: {} } }, stored('[Place]', 0)],
    ['a place without a fallback', { body: { $case: 'location', value: {} } }, []],
    [
      'what disappears',
      { fallback: '[Secret]', body: { $case: 'ephemeral', value: { content: { body: text('secret') } } } },
      stored('[Secret]', 0),
    ],
    [
      'a body of an application',
      { fallback: 'Poll', body: { $case: 'custom', value: { typeUrl: 'a/com.example.Poll' } } },
      stored('Poll', 0),
    ],
    [
      'a call of 65 s',
      { body: { $case: 'call', value: { callId: 'c', video: true, answered: true, durationMs: 65_000 } } },
      stored('通话时长 01:05', 41),
    ],
    [
      'a call that nobody took',
      { body: { $case: 'call', value: { callId: 'c', reason: CallEndReason.TIMEOUT } } },
      stored('未接通', 40),
    ],
    ['a body of a later version', { fallback: 'later' }, stored('later', 0)],
  ];

  it.each(cases)('%s', (_name, content, expected) => {
    expect(privately(content)).toEqual(expected);
  });
});

describe('receivers', () => {
  const read = (value: object): SendInfoInit => ({
    cmd: Command.READ,
    data: { $case: 'read', value: { conversation: PAIR, reader: ANN, upToSeq: 3n, readAtMs: 0n, ...value } },
  });

  it('READ is READ for the terminals of the reader, and RECEIPT for the other user', () => {
    expect(send(read({}), 7n)).toEqual(['{"cmd":3,"data":{"sendId":7,"recvId":9,"type":11}}']);
    expect(send(read({}), 9n)).toEqual(['{"cmd":3,"data":{"sendId":7,"recvId":9,"type":12}}']);
    expect(send(read({ quietly: true }), 9n)).toEqual([]);
    expect(send(read({ conversation: GROUP }), 8n)).toEqual([]);
    expect(send(read({ conversation: GROUP }), 7n)).toEqual([
      '{"cmd":4,"data":{"groupId":5,"sendId":7,"type":11,"readedCount":0}}',
    ]);
  });

  it('a read receipt too', () => {
    const receipt = (receiverId: bigint): string[] =>
      send(
        {
          cmd: Command.PRIVATE_MESSAGE,
          data: {
            $case: 'privateMessage',
            value: { sender: ANN, receiverId: 9n, content: { body: { $case: 'read', value: {} } } },
          },
        },
        receiverId,
      );
    expect([receipt(7n), receipt(9n)].map(([one]) => JSON.parse(one).data.type)).toEqual([11, 12]);
  });

  it('what the system says to two users is from the other one', () => {
    const tip = (receiverId: bigint): string[] => system({ body: text('hi') }, PAIR, receiverId);
    expect(tip(7n)).toEqual(['{"cmd":3,"data":{"sendId":9,"recvId":7,"content":"hi","type":21,"status":0}}']);
    expect(tip(9n)).toEqual(['{"cmd":3,"data":{"sendId":7,"recvId":9,"content":"hi","type":21,"status":0}}']);
  });

  it('a picture of the system is a tip: it would look as if a user had sent it', () => {
    const image: ContentInit = { fallback: '[Picture]', body: { $case: 'image', value: { url: 'u' } } };
    expect(system(image, GROUP)).toEqual([
      '{"cmd":4,"data":{"groupId":5,"sendId":0,"content":"[Picture]","type":21,"receipt":false,"readedCount":0,"status":0}}',
    ]);
  });

  it('a notice that a member left ends the group for that member, and is a tip for the others', () => {
    const left: ContentInit = {
      fallback: 'Bob left',
      body: { $case: 'notice', value: { kind: NoticeKind.MEMBERS_LEFT, userIds: [9n] } },
    };
    expect(system(left, GROUP, 9n)).toEqual(['{"cmd":4,"data":{"groupId":5,"type":91}}']);
    expect(JSON.parse(system(left, GROUP, 8n)[0]).data).toMatchObject({ type: 21, content: 'Bob left' });
  });
});

describe('several texts', () => {
  const receipts: SendInfoInit = {
    cmd: Command.RECEIPTS,
    data: {
      $case: 'receipts',
      value: {
        conversation: GROUP,
        items: [
          { messageId: 70n, read: 1 },
          { messageId: 71n, read: 2, complete: true },
        ],
      },
    },
  };

  it('RECEIPTS: one for each message', () => {
    expect(send(receipts)).toEqual([
      '{"cmd":4,"data":{"id":70,"groupId":5,"type":12,"readedCount":1}}',
      '{"cmd":4,"data":{"id":71,"groupId":5,"type":12,"receiptOk":true,"readedCount":2}}',
    ]);
  });

  it('encodeLegacy refuses them', () => {
    expect(thrownBy(() => encodeLegacy({ type: 'SendInfo', message: receipts }, BOX))).toMatchObject({
      message: '[LOSSY_DOWNGRADE] got a frame that becomes 2 texts, limit 1: use encodeLegacyAll',
      limit: 1,
      actual: 2,
    });
    expect(thrownBy(() => encodeLegacy({ type: 'ReceiveInfo', message: {} }, BOX)).message).toBe(
      '[UNSUPPORTED_TYPE] expected a frame with a SendInfo, got ReceiveInfo',
    );
  });
});

describe('calls', () => {
  it('an invite waits for its offer, an accept for its answer', () => {
    const invite: CallSignalInit = {
      callId: 'c',
      conversation: PAIR,
      sender: ANN,
      step: 1,
      action: { $case: 'invite', value: { video: true } },
    };
    expect(call(invite.action)).toEqual([]);
    expect(call(withDescription(invite, { sdp: 'v=0' }).action)).toEqual([
      '{"cmd":3,"data":{"sendId":7,"recvId":9,"content":"{\\"type\\":\\"offer\\",\\"sdp\\":\\"v=0\\"}","type":101}}',
    ]);
    const accept: CallSignalInit = { ...invite, action: { $case: 'accept', value: {} } };
    expect(call(accept.action)).toEqual([]);
    expect(call(withDescription(accept, { sdp: 'v=1' }).action).map((one) => JSON.parse(one).data.type)).toEqual([102]);
    expect(withDescription({ ...invite, action: undefined }, { sdp: 'v' }).action).toBeUndefined();
  });

  it('how a call ends', () => {
    const types = Object.values(CallEndReason)
      .filter((reason) => reason > 0)
      .map((reason) => JSON.parse(call({ $case: 'end', value: { reason } })[0]).data.type);
    expect(types).toEqual([106, 103, 104, 105, 105, 105, 105, 105, 104]);
    expect(JSON.parse(call({ $case: 'end', value: { reason: CallEndReason.BUSY } })[0]).data.content).toBe('对方忙线中');
    const inGroup = Object.values(CallEndReason)
      .filter((reason) => reason > 0)
      .map((reason) => JSON.parse(call({ $case: 'end', value: { reason } }, GROUP)[0]).data.type);
    expect(inGroup).toEqual([205, 202, 204, 203, 203, 203, 203, 203, 204]);
  });

  it('candidates are one text each; ringing and members are nothing', () => {
    const items = [{ candidate: 'a' }, { candidate: 'b' }];
    expect(call({ $case: 'candidates', value: { items } }).map((one) => JSON.parse(one).data.type)).toEqual([107, 107]);
    expect(call({ $case: 'candidates', value: { items } }, GROUP)).toHaveLength(2);
    expect(call({ $case: 'ringing', value: {} })).toEqual([]);
    expect(call({ $case: 'members', value: {} }, GROUP)).toEqual([]);
  });
});

describe('the session', () => {
  it('LOGIN, HEARTBEAT and FORCE_LOGOUT', () => {
    expect(send({ cmd: Command.LOGIN, replyTo: 1, data: { $case: 'session', value: ANN } })).toEqual(['{"cmd":0,"data":null}']);
    expect(send({ cmd: Command.HEARTBEAT, replyTo: 2, data: { $case: 'heartbeat', value: {} } })).toEqual([
      '{"cmd":1,"data":null}',
    ]);
    const logout = (reason: string): SendInfoInit => ({
      cmd: Command.FORCE_LOGOUT,
      data: { $case: 'forceLogout', value: { user: ANN, reason, code: LogoutReason.OTHER_DEVICE } },
    });
    expect(send(logout('bye'))).toEqual(['{"cmd":2,"data":"bye"}']);
    expect(send(logout(''))).toEqual(['{"cmd":2,"data":"您已在其他地方登录，将被强制下线"}']);
  });

  it('what the older systems do not have is nothing', () => {
    expect(send({ cmd: Command.DRAIN, data: { $case: 'drain', value: {} } })).toEqual([]);
    expect(send({ cmd: Command.ERROR, data: { $case: 'error', value: { code: 1 } } })).toEqual([]);
    expect(send({ cmd: Command.TYPING })).toEqual([]);
    expect(send({ cmd: Command.LOGOUT })).toEqual([]);
    expect(send({ cmd: 1000 })).toEqual([]);
  });
});
