// "COMMAND_DATA_MISMATCH: the command is known and the member that is set is not its own, or none is set where it has one."
import { describe, expect, it } from 'vitest';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import { checkSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { checkSteering } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import { issue } from './issue.js';

const user = { userId: 1n, terminal: 1 };
const content = { body: { $case: 'text' as const, value: { text: 't' } } };

const conversation = { kind: { $case: 'groupId' as const, value: 1n } };

/** A valid value of each member. */
const DATA = {
  login: { $case: 'login', value: { accessToken: 'a' } },
  session: { $case: 'session', value: user },
  heartbeat: { $case: 'heartbeat', value: {} },
  forceLogout: { $case: 'forceLogout', value: { user } },
  privateMessage: { $case: 'privateMessage', value: { sender: user, receiverId: 1n, content } },
  groupMessage: { $case: 'groupMessage', value: { sender: user, groupId: 1n, content } },
  systemMessage: { $case: 'systemMessage', value: { content } },
  sendResult: { $case: 'sendResult', value: { code: 1 } },
  error: { $case: 'error', value: { code: 1 } },
  drain: { $case: 'drain', value: {} },
  syncRequest: { $case: 'syncRequest', value: {} },
  syncPage: { $case: 'syncPage', value: { cursor: Uint8Array.of(1) } },
  historyRequest: { $case: 'historyRequest', value: { conversation } },
  historyPage: { $case: 'historyPage', value: {} },
  pushAck: { $case: 'pushAck', value: { upToSequence: 1 } },
  streamControl: { $case: 'streamControl', value: { conversation, messageId: 1n } },
  read: { $case: 'read', value: { conversation, reader: user, upToSeq: 1n } },
  conversation: { $case: 'conversation', value: { conversation } },
  typing: { $case: 'typing', value: { conversation, sender: user } },
  chunk: { $case: 'chunk', value: { conversation, messageId: 1n, index: 1, state: 1 } },
  call: { $case: 'call', value: { callId: 'c', conversation, sender: user, step: 1, action: { $case: 'ringing', value: {} } } },
  presenceSubscription: { $case: 'presenceSubscription', value: {} },
  presenceList: { $case: 'presenceList', value: {} },
  room: { $case: 'room', value: { roomId: 1n } },
  roomMessage: { $case: 'roomMessage', value: { sender: user, roomId: 1n, content } },
  receipts: { $case: 'receipts', value: { conversation } },
  deleteForMe: { $case: 'deleteForMe', value: { conversation, upToSeq: 1n } },
  custom: { $case: 'custom', value: { typeUrl: '/a.B' } },
} as const satisfies { [K in NonNullable<SendInfoInit['data']>['$case']]: Extract<SendInfoInit['data'], { $case: K }> };
type Member = keyof typeof DATA | undefined;

const MEMBERS: Member[] = [undefined, ...(Object.keys(DATA) as (keyof typeof DATA)[])];
const between: Member[] = [
  undefined,
  'forceLogout',
  'privateMessage',
  'groupMessage',
  'systemMessage',
  'read',
  'typing',
  'presenceList',
  'deleteForMe',
  'custom',
];
/** What occurs in a ReceiveInfo only as the reply to a client. */
const replies: Member[] = ['sendResult', 'error', 'syncPage', 'historyPage', 'streamControl', 'room'];
const ofResult: Member[] = [undefined, 'privateMessage', 'groupMessage', 'systemMessage', 'custom'];

describe('SendInfo', () => {
  it.each<[number, string, Member[]]>([
    [1, 'LOGIN carries login or session', ['login', 'session']],
    [2, 'HEARTBEAT carries heartbeat', ['heartbeat']],
    [3, 'FORCE_LOGOUT carries forceLogout', ['forceLogout']],
    [4, 'PRIVATE_MESSAGE carries privateMessage', ['privateMessage']],
    [5, 'GROUP_MESSAGE carries groupMessage', ['groupMessage']],
    [6, 'SYSTEM_MESSAGE carries systemMessage', ['systemMessage']],
    [7, 'SEND_RESULT carries sendResult', ['sendResult']],
    [8, 'ERROR carries error', ['error']],
    [9, 'DRAIN carries drain', ['drain']],
    [10, 'SYNC carries syncRequest or syncPage', ['syncRequest', 'syncPage']],
    [11, 'HISTORY carries historyRequest or historyPage', ['historyRequest', 'historyPage']],
    [12, 'READ carries read', ['read']],
    [13, 'CONVERSATION carries conversation', ['conversation']],
    [14, 'ACK carries pushAck', ['pushAck']],
    [15, 'TYPING carries typing', ['typing']],
    [16, 'CHUNK carries chunk', ['chunk']],
    [17, 'STREAM_CONTROL carries streamControl', ['streamControl']],
    [18, 'CALL carries call', ['call']],
    [19, 'PRESENCE carries presenceSubscription or presenceList', ['presenceSubscription', 'presenceList']],
    [20, 'ROOM carries room', ['room']],
    [21, 'ROOM_MESSAGE carries roomMessage', ['roomMessage']],
    [22, 'RECEIPTS carries receipts', ['receipts']],
    [23, 'LOGOUT carries nothing', [undefined]],
    [24, 'DELETE_FOR_ME carries deleteForMe', ['deleteForMe']],
    [25, 'unknown: anything', MEMBERS],
    [999, 'unknown: anything', MEMBERS],
    [1000, 'a command of an application carries custom or nothing', ['custom', undefined]],
    [2147483647, 'a command of an application carries custom or nothing', ['custom', undefined]],
  ])('command %i: %s', (cmd, text, own) => {
    for (const member of MEMBERS) {
      const message = { cmd, data: member && DATA[member] } as SendInfoInit;
      const found = issue('data', 'command_data', `${text}, got ${member ?? 'nothing'}`);
      expect(checkSendInfo(message)).toEqual(own.includes(member) ? undefined : [found]);
    }
  });

  it('command 0 is none, and carries nothing', () => {
    const none = issue('cmd', 'min', 'got 0, at least 1');
    expect(checkSendInfo({})).toEqual([none]);
    expect(checkSendInfo({ cmd: 0, data: DATA.login })).toEqual([
      none,
      issue('data', 'command_data', 'UNSPECIFIED carries nothing, got login'),
    ]);
  });

  it('a negative command is unknown', () => {
    expect(checkSendInfo({ cmd: -1, data: DATA.login })).toEqual([issue('cmd', 'min', 'got -1, at least 1')]);
  });
});

describe('ReceiveInfo', () => {
  it.each<[number, string, Member[]]>([
    [3, 'FORCE_LOGOUT carries forceLogout, got ', ['forceLogout']],
    [4, 'PRIVATE_MESSAGE carries privateMessage, got ', ['privateMessage']],
    [5, 'GROUP_MESSAGE carries groupMessage, got ', ['groupMessage']],
    [6, 'SYSTEM_MESSAGE carries systemMessage, got ', ['systemMessage']],
    [12, 'READ carries read, got ', ['read']],
    [15, 'TYPING carries typing, got ', ['typing']],
    [19, 'PRESENCE carries presenceList, got ', ['presenceList']],
    [24, 'DELETE_FOR_ME carries deleteForMe, got ', ['deleteForMe']],
    [25, 'unknown: anything', between],
    [1000, 'a command of an application carries custom or nothing, got ', ['custom', undefined]],
    [1, 'LOGIN does not go between services', []],
    [2, 'HEARTBEAT does not go between services', []],
    [7, 'SEND_RESULT does not go between services', []],
    [8, 'ERROR does not go between services', []],
    [9, 'DRAIN does not go between services', []],
    [10, 'SYNC does not go between services', []],
    [23, 'LOGOUT does not go between services', []],
  ])('command %i: %s', (cmd, text, own) => {
    for (const member of between) {
      const message = { cmd, everyone: true, data: member && DATA[member] } as ReceiveInfoInit;
      const found = issue('data', 'command_data', text.endsWith(' ') ? text + (member ?? 'nothing') : text);
      expect(checkReceiveInfo(message)).toEqual(own.includes(member) ? undefined : [found]);
    }
  });

  it.each<[number, string, Member[]]>([
    [7, 'SEND_RESULT carries sendResult, got ', ['sendResult']],
    [8, 'ERROR carries error, got ', ['error']],
    [10, 'SYNC carries syncPage, got ', ['syncPage']],
    [11, 'HISTORY carries historyPage, got ', ['historyPage']],
    [17, 'STREAM_CONTROL carries streamControl, got ', ['streamControl']],
    [20, 'ROOM carries room, got ', ['room']],
    [23, 'LOGOUT carries nothing, got ', [undefined]],
    [12, 'READ carries read, got ', ['read']],
    [1, 'LOGIN has no data here', []],
    [14, 'ACK has no data here', []],
  ])('command %i in reply to a client: %s', (cmd, text, own) => {
    const receivers = [{ terminal: 1, userIds: [1n] }];
    for (const member of [...between, ...replies]) {
      const message = { cmd, receivers, replyTo: 5, data: member && DATA[member] } as ReceiveInfoInit;
      const found = issue('data', 'command_data', text.endsWith(' ') ? text + (member ?? 'nothing') : text);
      expect(checkReceiveInfo(message)).toEqual(own.includes(member) ? undefined : [found]);
    }
  });
});

describe('SendResult', () => {
  it.each<[number, string, Member[]]>([
    [0, 'UNSPECIFIED carries nothing, got ', [undefined]],
    [3, 'FORCE_LOGOUT carries nothing, got ', [undefined]],
    [4, 'PRIVATE_MESSAGE carries privateMessage or nothing, got ', ['privateMessage', undefined]],
    [5, 'GROUP_MESSAGE carries groupMessage or nothing, got ', ['groupMessage', undefined]],
    [6, 'SYSTEM_MESSAGE carries systemMessage or nothing, got ', ['systemMessage', undefined]],
    [12, 'READ carries nothing, got ', [undefined]],
    [25, 'unknown: anything', ofResult],
    [1000, 'a command of an application carries custom or nothing, got ', ['custom', undefined]],
    [1, 'LOGIN does not go between services', []],
    [2, 'HEARTBEAT does not go between services', []],
    [7, 'SEND_RESULT does not go between services', []],
    [8, 'ERROR does not go between services', []],
    [9, 'DRAIN does not go between services', []],
    [10, 'SYNC does not go between services', []],
  ])('command %i: %s', (cmd, text, own) => {
    for (const member of ofResult) {
      const message = { code: 1, cmd, data: member && DATA[member] } as SendResultInit;
      const found = issue('data', 'command_data', text.endsWith(' ') ? text + (member ?? 'nothing') : text);
      expect(checkSendResult(message)).toEqual(own.includes(member) ? undefined : [found]);
    }
  });

  it('is judged inside a SendInfo too', () => {
    const data = { $case: 'sendResult' as const, value: { code: 1, cmd: 2 } };
    expect(checkSendInfo({ cmd: 7, data })).toEqual([
      issue('sendResult.data', 'command_data', 'HEARTBEAT does not go between services'),
    ]);
  });
});

describe('commands of another schema', () => {
  const note = { $case: 'note' as const, value: '' };

  it('carry nothing, one member, or have none here', () => {
    expect(checkSteering({ order: 1, detail: note })).toEqual([
      issue('detail', 'command_data', 'STOP carries nothing, got note'),
    ]);
    expect(checkSteering({ order: 2, detail: { $case: 'distance', value: 1 } })).toBeUndefined();
    expect(checkSteering({ order: 3, detail: note })).toEqual([issue('detail', 'command_data', 'TURN has no data here')]);
  });

  it('are unknown where the schema says nothing of their data', () => {
    expect(checkSteering({ order: 4, detail: note })).toBeUndefined();
    expect(checkSteering({ order: 1000, detail: note })).toBeUndefined();
  });
});
