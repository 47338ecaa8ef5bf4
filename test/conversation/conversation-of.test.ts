import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Command, ConversationRef, SendInfo } from '../../generated/models.js';
import {
  type ConversationData,
  conversationGroup,
  conversationOf,
  messageGroupOf,
  messageTo,
} from '../../src/conversation/conversation-of.js';
import { conversationKey, groupRef, privateRef, roomRef } from '../../src/conversation/ref.js';
import { receiveInfoMessage } from '../../src/rocketmq/topic-messages.js';
import { messages } from '../arbitrary.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const sender = { userId: 5n, terminal: 1 };
const text = { body: { $case: 'text', value: { text: 'hi' } } } as const;
const conversation = groupRef(7n);
const unknown = ConversationRef.decode(new Uint8Array([0x20, 9]));
const LARGEST = 2n ** 63n - 1n;

describe('the conversation and the message group', () => {
  it.each<[string, ConversationData, string | undefined, string]>([
    ['a private message', { $case: 'privateMessage', value: { sender, receiverId: 2n } }, 'p_2_5', 'p_2_5'],
    ['a group message', { $case: 'groupMessage', value: { sender, groupId: 7n } }, 'g_7', 'g_7'],
    ['a system message with one', { $case: 'systemMessage', value: { conversation } }, 'g_7', 'g_7'],
    ['a system message without one', { $case: 'systemMessage', value: { receiverIds: [1n] } }, undefined, 'u_3'],
    ['READ', { $case: 'read', value: { conversation } }, 'g_7', 'g_7'],
    ['CONVERSATION', { $case: 'conversation', value: { conversation } }, 'g_7', 'g_7'],
    ['TYPING', { $case: 'typing', value: { conversation: privateRef(1n, 2n) } }, 'p_1_2', 'p_1_2'],
    ['CHUNK', { $case: 'chunk', value: { conversation, messageId: 8n } }, 'g_7', 's_8'],
    ['STREAM_CONTROL', { $case: 'streamControl', value: { conversation, messageId: 8n } }, 'g_7', 'g_7'],
    ['CALL', { $case: 'call', value: { conversation, callId: 'c'.repeat(61) } }, 'g_7', `c_${'c'.repeat(61)}`],
    ['ROOM', { $case: 'room', value: { roomId: 4n } }, 'r_4', 'r_4'],
    ['ROOM_MESSAGE', { $case: 'roomMessage', value: { sender, roomId: 4n } }, 'r_4', 'r_4'],
    ['RECEIPTS', { $case: 'receipts', value: { conversation } }, 'g_7', 'g_7'],
    ['HISTORY', { $case: 'historyRequest', value: { conversation } }, 'g_7', 'g_7'],
    ['DELETE_FOR_ME', { $case: 'deleteForMe', value: { conversation } }, 'g_7', 'g_7'],
    ['SEND_RESULT', { $case: 'sendResult', value: { conversation } }, 'g_7', 'g_7'],
    ['SYNC', { $case: 'syncRequest', value: {} }, undefined, 'u_3'],
    ['a command of an application', { $case: 'custom', value: { typeUrl: 'a/b' } }, undefined, 'u_3'],
    ['an unknown kind', { $case: 'read', value: { conversation: unknown } }, 'x_2009', 'u_3'],
  ])('of %s', (_what, data, key, group) => {
    const ref = conversationOf(data);
    expect(ref && conversationKey(ref)).toBe(key);
    expect(messageGroupOf(data, 3n)).toBe(group);
    expect(group.length).toBeLessThanOrEqual(63);
  });

  it('of no data', () => {
    expect(conversationOf(undefined)).toBeUndefined();
    expect(messageGroupOf(undefined, LARGEST)).toBe(`u_${LARGEST}`);
  });

  it('of a room are a room', () => {
    expect(conversationOf({ $case: 'roomMessage', value: { roomId: 4n } })).toEqual(roomRef(4n));
  });

  it('refuse ids below 1', () => {
    expect(thrownBy(() => conversationOf({ $case: 'privateMessage', value: { sender, receiverId: 0n } })).code).toBe(
      'INVALID_MESSAGE',
    );
    expect(thrownBy(() => conversationOf({ $case: 'groupMessage', value: {} })).code).toBe('INVALID_MESSAGE');
  });
});

describe('messageTo', () => {
  it.each([
    [privateRef(2n, 5n), Command.PRIVATE_MESSAGE],
    [privateRef(5n, 5n), Command.PRIVATE_MESSAGE],
    [groupRef(7n), Command.GROUP_MESSAGE],
    [roomRef(7n), Command.ROOM_MESSAGE],
  ])('%o: the message keeps the rules and leads back', (ref, cmd) => {
    const message = messageTo(ref, sender, text);
    expect(message?.cmd).toBe(cmd);
    expect(SendInfo.check(message)).toEqual([]);
    expect(conversationOf(message?.data)).toEqual(ref);
  });

  it('has none for an unknown kind, and refuses a sender who is elsewhere', () => {
    expect(messageTo(unknown, sender, text)).toBeUndefined();
    expect(thrownBy(() => messageTo(privateRef(1n, 2n), sender, text))).toMatchObject({
      code: 'INVALID_MESSAGE',
      path: 'sender',
      message: '[INVALID_MESSAGE] sender: expected one of the two users of the conversation',
    });
  });
});

test('the message group on RocketMQ is that of the data', () => {
  const data = { $case: 'privateMessage', value: { sender, receiverId: 2n, content: text } } as const;
  const info = { cmd: 4, receivers: [{ terminal: 1, userIds: [2n] }], data };
  expect(receiveInfoMessage(1, info).messageGroup).toBe(messageGroupOf(data, 2n));
});

test('random data, whatever it breaks, has a group, and one that is the key of its conversation or its own', () => {
  fc.assert(
    fc.property(messages(SendInfo.generated.table, 0), (message) => {
      const { data } = message as unknown as SendInfo;
      const group = conversationGroup(data);
      let key: string | undefined;
      try {
        const ref = conversationOf(data);
        key = ref && conversationKey(ref);
      } catch {
        // Ids below 1.
        return;
      }
      if (data?.$case === 'call') expect(group).toMatch(/^c_/);
      else if (data?.$case === 'chunk') expect(group).toMatch(/^s_/);
      else expect(group).toBe(key);
    }),
    { seed: SEED, numRuns: 500 },
  );
});
