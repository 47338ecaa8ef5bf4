// Calls about what was read.
import { ReadPosition, type UserInfo } from '@im/protocol';
import { conversationKey, groupRef, privateRef } from '@im/protocol/conversation';
import { readersOf } from '../../chat/platform/conversations/message-readers.js';
import type { Services } from '../../chat/platform/services.js';
import type { StoredMessage } from '../../chat/platform/storage/storage.js';
import type { Handler, Routes } from './http-face.js';
import { Refusal, ResultCode } from './results.js';

/** Of messages that are read from the storage at a time. */
const BATCH = 100n;
/** What clients get where there is no such message. */
const NONE = -1;

export function createReadingRoutes(services: Services): Routes<Handler> {
  const { readPositions, context } = services;
  const { storage, membership } = context;

  /** @param upToMessageId undefined: all that is there. */
  const read = async (conversation: ReadPosition['conversation'], reader: UserInfo, upToMessageId?: bigint): Promise<void> => {
    const member = await membership.require(conversation, reader.userId);
    const last = await storage.lastMessage(conversationKey(member.conversation));
    // There is nothing to read yet.
    if (last === undefined) return;
    const position = upToMessageId === undefined ? { upToSeq: last.seq } : { upToMessageId };
    await readPositions.read(ReadPosition.create({ conversation, reader, ...position }), reader);
  };

  /** The last message of a user that their friend has read. */
  const lastRead = async (user: UserInfo, friendId: bigint): Promise<StoredMessage | undefined> => {
    const { conversation } = await membership.require(privateRef(user.userId, friendId), user.userId);
    const key = conversationKey(conversation);
    const friend = await storage.member(key, friendId);
    for (let to = friend?.readOpenly?.upToSeq ?? 0n; to > 0n; to -= BATCH) {
      const from = to >= BATCH ? to - BATCH + 1n : 1n;
      const messages = await storage.messages(key, { from, to, limit: Number(BATCH), oldest: false });
      const found = messages.findLast(({ senderId, changes }) => senderId === user.userId && changes === 0n);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    'PUT /message/private/readed': ({ user, query }) => read(privateRef(user.userId, query.id('friendId')), user),
    // Clients that are older still name no message: they have read all.
    'PUT /message/group/readed': ({ user, query }) => read(groupRef(query.id('groupId')), user, query.optionalId('messageId')),
    'GET /message/private/maxReadedId': async ({ user, query }) => {
      const message = await lastRead(user, query.id('friendId'));
      return message === undefined ? NONE : Number(message.messageId);
    },
    'GET /message/group/findReadedUsers': async ({ user, query }) => {
      const member = await membership.require(groupRef(query.id('groupId')), user.userId);
      const message = await storage.message(query.id('messageId'));
      if (message?.conversation !== conversationKey(member.conversation) || message.seq < member.firstSeq)
        throw new Refusal(ResultCode.FAILED, '消息不存在');
      const { readerIds } = await readersOf(storage, message);
      return readerIds.map(Number);
    },
  };
}
