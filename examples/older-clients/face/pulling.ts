// Calls for messages that a device does not have: those it has missed, and earlier ones.
import type { UserInfo } from '@im/protocol';
import { conversationKey, groupRef, privateRef } from '@im/protocol/conversation';
import type { Services } from '../../chat/platform/services.js';
import type { Member, StoredMessage } from '../../chat/platform/storage/storage.js';
import type { Delivered } from './delivered.js';
import type { Handler, Routes } from './http-face.js';
import type { GroupVo, MessageVos, PrivateVo } from './message-vo.js';

const MAX_OFFLINE_MS = 30 * 24 * 3_600_000;
/** The newest count. */
const MAX_OFFLINE_MESSAGES = 10_000;
const MAX_PAGE_SIZE = 100;
const MAX_PAGE = 1_000_000;
/** Of messages that are read from the storage at a time. */
const BATCH = 100n;

type Vo = PrivateVo | GroupVo;

/** A message in a conversation of the user. */
interface Found {
  readonly member: Member;
  readonly message: StoredMessage;
}

export function createPullingRoutes(services: Services, vos: MessageVos, delivered: Delivered): Routes<Handler> {
  const { context } = services;
  const { storage, membership, nowMs } = context;

  /** The messages of a conversation with a higher id, the oldest first. */
  const after = async (member: Member, minId: bigint): Promise<Found[]> => {
    const key = conversationKey(member.conversation);
    const [known, last] = [await storage.lastMessageUpTo(key, minId), await storage.lastMessage(key)];
    const from = known === undefined || known.seq < member.firstSeq ? member.firstSeq : known.seq + 1n;
    const range = { from, to: last?.seq ?? 0n, limit: MAX_OFFLINE_MESSAGES, oldest: false };
    const oldestMs = BigInt(nowMs() - MAX_OFFLINE_MS);
    const messages = await storage.messages(key, range);
    return messages.filter(({ sentAtMs }) => sentAtMs >= oldestMs).map((message) => ({ member, message }));
  };

  const offline = async (kind: 'private' | 'groupId', user: UserInfo, minId: bigint): Promise<Vo[]> => {
    const members = await storage.conversationsOf(user.userId, 0, Number.POSITIVE_INFINITY);
    const found: Found[] = [];
    for (const member of members) if (member.conversation.kind?.$case === kind) found.push(...(await after(member, minId)));
    // "minId" is one for all conversations: the order is that of the ids.
    found.sort((a, b) => (a.message.messageId < b.message.messageId ? -1 : 1));
    const pulled: Vo[] = [];
    for (const { member, message } of found.slice(-MAX_OFFLINE_MESSAGES)) {
      const vo = await vos.of(user, member, message);
      if (vo === undefined) continue;
      pulled.push(vo);
      if (kind === 'private' && message.senderId !== user.userId) delivered.add(message.messageId);
    }
    return pulled;
  };

  /** A page of a conversation, the newest message first. Changes are not listed: each message is as it is now. */
  const history = async (user: UserInfo, member: Member, page: number, size: number): Promise<Vo[]> => {
    const key = conversationKey(member.conversation);
    const { seq: last = 0n } = (await storage.lastMessage(key)) ?? {};
    const found: Vo[] = [];
    let skip = (page - 1) * size;
    for (let to = last; to >= member.firstSeq && found.length < size; to -= BATCH) {
      const lowest = to - BATCH + 1n;
      const from = lowest > member.firstSeq ? lowest : member.firstSeq;
      const messages = await storage.messages(key, { from, to, limit: Number(BATCH), oldest: false });
      for (const message of messages.toReversed()) {
        if (found.length === size) break;
        const vo = message.changes === 0n ? await vos.of(user, member, message) : undefined;
        if (vo === undefined) continue;
        if (skip > 0) skip -= 1;
        else found.push(vo);
      }
    }
    return found;
  };

  const historyOf =
    (memberOf: (call: Parameters<Handler>[0]) => Promise<Member>): Handler =>
    async (call) =>
      history(
        call.user,
        await memberOf(call),
        call.query.integer('page', 1, MAX_PAGE),
        call.query.integer('size', 1, MAX_PAGE_SIZE),
      );

  return {
    'GET /message/private/loadOfflineMessage': ({ user, query }) => offline('private', user, query.minId('minId')),
    'GET /message/group/loadOfflineMessage': ({ user, query }) => offline('groupId', user, query.minId('minId')),
    'GET /message/private/history': historyOf(({ user, query }) =>
      membership.require(privateRef(user.userId, query.id('friendId')), user.userId),
    ),
    'GET /message/group/history': historyOf(({ user, query }) => membership.require(groupRef(query.id('groupId')), user.userId)),
  };
}
