// A stored message as the older clients get it by HTTP, with all keys of the older platform: it writes null for what is not set.
import type { UserInfo } from '@im/protocol';
import { conversationKey, isRecalled, peerOf } from '@im/protocol/conversation';
import type { Context } from '../../chat/platform/context.js';
import { readersOf } from '../../chat/platform/conversations/message-readers.js';
import { contentOf } from '../../chat/platform/messages/message-data.js';
import type { Member, StoredMessage } from '../../chat/platform/storage/storage.js';
import type { Delivered } from './delivered.js';
import { type OlderMessage, olderForm } from './older-form.js';

export const Status = { PENDING: 0, DELIVERED: 1, RECALLED: 2, READ: 3 } as const;

export type PrivateVo = typeof PRIVATE;
export type GroupVo = typeof GROUP;

const PRIVATE = {
  id: null as number | null,
  tmpId: null as string | null,
  sendId: null as number | null,
  recvId: null as number | null,
  content: null as string | null,
  type: null as number | null,
  status: null as number | null,
  sendTime: null as number | null,
};
const GROUP = {
  id: null as number | null,
  tmpId: null as string | null,
  groupId: null as number | null,
  sendId: null as number | null,
  sendNickName: null as string | null,
  content: null as string | null,
  type: null as number | null,
  receipt: null as boolean | null,
  receiptOk: null as boolean | null,
  readedCount: 0,
  atUserIds: null as number[] | null,
  status: null as number | null,
  sendTime: null as number | null,
};

export class MessageVos {
  readonly #context: Context;
  readonly #delivered: Delivered;

  constructor(context: Context, delivered: Delivered) {
    this.#context = context;
    this.#delivered = delivered;
  }

  /** The message as it is now. Undefined: it is not for this terminal, it was recalled, or the older clients have nothing like it. */
  async of(user: UserInfo, member: Member, message: StoredMessage): Promise<PrivateVo | GroupVo | undefined> {
    const push = await this.#context.presentForm.for(user, message);
    const older = push && olderForm(push, user.userId);
    if (older === undefined || isRecalled(contentOf(push!.data as StoredMessage['data']))) return undefined;
    const peerId = peerOf(member.conversation, user.userId);
    return peerId === undefined ? this.#group(user, member, message, older) : this.#private(member, message, older, peerId);
  }

  async #private(member: Member, message: StoredMessage, older: OlderMessage, peerId: bigint): Promise<PrivateVo> {
    const { storage } = this.#context;
    const isOwn = message.senderId === member.userId;
    const receiver = isOwn ? await storage.member(conversationKey(member.conversation), peerId) : member;
    // What another user has read quietly, the sender does not learn.
    const readSeq = (isOwn ? receiver?.readOpenly : receiver?.read)?.upToSeq ?? 0n;
    const arrived = this.#delivered.has(message.messageId) ? Status.DELIVERED : Status.PENDING;
    return { ...PRIVATE, ...older, status: message.seq <= readSeq ? Status.READ : arrived };
  }

  async #group(user: UserInfo, member: Member, message: StoredMessage, older: OlderMessage): Promise<GroupVo> {
    const status = message.seq <= (member.read?.upToSeq ?? 0n) ? Status.READ : Status.PENDING;
    const vo = { ...GROUP, ...older, status };
    if (!vo.receipt || message.senderId !== user.userId) return vo;
    const { readerIds, total } = await readersOf(this.#context.storage, message);
    return { ...vo, readedCount: readerIds.length, receiptOk: readerIds.length === total };
  }
}
