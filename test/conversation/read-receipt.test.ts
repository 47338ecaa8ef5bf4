import { describe, expect, it, test } from 'vitest';
import { Command, type ContentInit, PrivateMessage, ReadPosition, SendInfo } from '../../generated/models.js';
import type { ConversationData } from '../../src/conversation/conversation-of.js';
import { resolveReadPosition } from '../../src/conversation/merge.js';
import { readPositionOf, readReceiptOf } from '../../src/conversation/read-receipt.js';
import { groupRef, privateRef, roomRef } from '../../src/conversation/ref.js';
import { thrownBy } from '../thrown-by.js';

const reader = { userId: 5n, terminal: 1 };
const receipt = (value: object): ContentInit => ({ sentAtMs: 3n, body: { $case: 'read', value } }) as ContentInit;
const fromPeer = (value: object): ConversationData => ({
  $case: 'privateMessage',
  value: { sender: reader, receiverId: 2n, content: receipt(value) },
});

describe('readPositionOf', () => {
  it.each<[object, bigint]>([
    [{ upToMessageId: 9n }, 9n],
    [{ messageIds: [4n, 8n, 6n] }, 8n],
    [{ upToMessageId: 5n, messageIds: [8n] }, 8n],
    [{ upToMessageId: 9n, messageIds: [8n] }, 9n],
  ])('%o', (value, upToMessageId) => {
    const position = readPositionOf(fromPeer(value));
    expect(position).toEqual(ReadPosition.create({ conversation: privateRef(2n, 5n), reader, upToMessageId, readAtMs: 3n }));
    expect(ReadPosition.check(position)).toEqual([]);
  });

  it('of the whole conversation is cut to the last message', () => {
    const position = readPositionOf(fromPeer({})) as ReadPosition;
    expect(ReadPosition.check(position)).toEqual([]);
    expect(resolveReadPosition(position, 42n).upToSeq).toBe(42n);
  });

  it('of a group', () => {
    const message = {
      $case: 'groupMessage',
      value: { sender: reader, groupId: 7n, content: receipt({ upToMessageId: 9n }) },
    } as const;
    expect(readPositionOf(message)).toMatchObject({ conversation: groupRef(7n), upToMessageId: 9n });
  });

  it('of anything else is undefined', () => {
    const content = { body: { $case: 'text', value: { text: 'hi' } } } as const;
    expect(readPositionOf({ $case: 'privateMessage', value: { sender: reader, receiverId: 2n, content } })).toBeUndefined();
    expect(readPositionOf({ $case: 'systemMessage', value: { content: receipt({}) } })).toBeUndefined();
    expect(readPositionOf({ $case: 'heartbeat', value: {} })).toBeUndefined();
  });
});

describe('readReceiptOf', () => {
  const position = { conversation: privateRef(2n, 5n), reader, upToSeq: 4n, upToMessageId: 9n, readAtMs: 3n };

  it('is a message to the other user, which keeps the rules', () => {
    const data = readReceiptOf(position, 77n) as ConversationData & { $case: 'privateMessage' };
    const expected = { messageId: 77n, sentAtMs: 3n, body: { $case: 'read', value: { upToMessageId: 9n } } } as const;
    expect(PrivateMessage.create(data.value)).toEqual(
      PrivateMessage.create({ sender: reader, receiverId: 2n, content: expected }),
    );
    expect(SendInfo.check({ cmd: Command.PRIVATE_MESSAGE, data })).toEqual([]);
  });

  it('is a message to the group', () => {
    const data = readReceiptOf({ ...position, conversation: groupRef(7n) }, 77n);
    expect(data).toMatchObject({ $case: 'groupMessage', value: { groupId: 7n, sender: reader } });
    expect(SendInfo.check({ cmd: Command.GROUP_MESSAGE, data })).toEqual([]);
  });

  it('is nothing for what version 1 does not know', () => {
    expect(readReceiptOf({ ...position, conversation: roomRef(7n) }, 77n)).toBeUndefined();
    expect(readReceiptOf({ ...position, conversation: {} }, 77n)).toBeUndefined();
  });

  it.each([
    [
      'a position without a message',
      { ...position, upToMessageId: 0n },
      77n,
      'upToMessageId: expected the id of a message, got 0',
    ],
    ['an id of 0', position, 0n, 'messageId: expected 1 or more, got 0'],
    [
      'a reader who is not in the conversation',
      { ...position, reader: { userId: 6n, terminal: 1 } },
      77n,
      'sender: expected one of the two users of the conversation',
    ],
  ])('refuses %s', (_what, refused, messageId, text) => {
    const error = thrownBy(() => readReceiptOf(refused, messageId));
    expect(error).toMatchObject({ code: 'INVALID_MESSAGE', path: text.split(':')[0], message: `[INVALID_MESSAGE] ${text}` });
  });

  test('and back', () => {
    const data = readReceiptOf(position, 77n) as ConversationData;
    expect(readPositionOf(data)).toEqual(ReadPosition.create({ ...position, upToSeq: 0n }));
  });
});
