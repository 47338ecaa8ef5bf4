// READ: how far a user has read. The highest position counts, whichever device it comes from.
import { Command, ProtocolError, type ReadPosition, type UserInfo } from '@im/protocol';
import { conversationKey, mergeReadPositions, peerOf, readReceiptOf, resolveReadPosition } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { Member } from '../storage/storage.js';
import type { Receipts } from './receipts.js';
import { UnreadCounter } from './unread-counter.js';

export class ReadPositions {
  readonly #context: Context;
  readonly #receipts: Receipts;
  readonly #unread: UnreadCounter;

  constructor(context: Context, receipts: Receipts) {
    this.#context = context;
    this.#receipts = receipts;
    this.#unread = new UnreadCounter(context.storage, context.presentForm);
  }

  /**
   * The user has read. Returns the position that counts now.
   * @throws ProtocolError NOT_A_MEMBER; INVALID_MESSAGE if there is nothing to read.
   */
  async read(position: ReadPosition, reader: UserInfo): Promise<ReadPosition> {
    const { storage, membership } = this.#context;
    const member = await membership.require(position.conversation, reader.userId);
    const resolved = await this.#resolve(position, reader, member);
    const before = member.read;
    const read = before === undefined ? resolved : mergeReadPositions(before, resolved);
    const knownSeq = member.readOpenly?.upToSeq ?? 0n;
    const isOpenly = !position.quietly && resolved.upToSeq > knownSeq;
    const changed = { ...member, read, readOpenly: isOpenly ? { ...resolved, unreadCount: 0 } : member.readOpenly };
    if (read !== before || isOpenly) await storage.saveMember(changed);
    const { unreadCount } = await this.#unread.of(changed);
    const own = { ...read, unreadCount };
    if (read !== before) await this.#send(own, reader, [reader.userId]);
    if (isOpenly) {
      // To the other user of a private conversation, never to a group: that has RECEIPTS.
      const peerId = peerOf(member.conversation, reader.userId);
      if (peerId !== undefined && peerId !== reader.userId) await this.#send(changed.readOpenly!, reader, [peerId]);
      await this.#receipts.read(member.conversation, reader.userId, knownSeq, resolved.upToSeq);
    }
    return own;
  }

  /** The position by seq, cut to the last message, and with the id of its message for clients of version 1. */
  async #resolve(position: ReadPosition, reader: UserInfo, { conversation }: Member): Promise<ReadPosition> {
    const { storage, nowMs } = this.#context;
    const key = conversationKey(conversation);
    const { seq: lastSeq = 0n } = (await storage.lastMessage(key)) ?? {};
    const upTo = await storage.lastMessageUpTo(key, position.upToMessageId);
    const resolved = resolveReadPosition({ ...position, reader, readAtMs: BigInt(nowMs()) }, lastSeq, upTo?.seq);
    const { upToSeq } = resolved;
    const [last] = await storage.messages(key, { from: upToSeq, to: upToSeq, limit: 1, oldest: true });
    if (last === undefined) throw new ProtocolError('INVALID_MESSAGE', 'the conversation has no message up to this position');
    return { ...resolved, upToMessageId: last.messageId };
  }

  async #send(position: ReadPosition, reader: UserInfo, receiverIds: readonly bigint[]): Promise<void> {
    const { storage, outbox } = this.#context;
    const data = { $case: 'read', value: position } as const;
    const key = `read ${conversationKey(position.conversation!)} ${reader.userId}`;
    for (const userId of receiverIds) {
      await storage.addToInbox(userId, key, { kind: 'push', push: { cmd: Command.READ, data } });
    }
    await outbox.command({ cmd: Command.READ, data, sender: reader, receiverIds });
    const receipt = readReceiptOf(position, await storage.newMessageId());
    if (receipt !== undefined) await outbox.olderTerminals(receipt, reader, receiverIds);
  }
}
