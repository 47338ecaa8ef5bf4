// HISTORY: messages of one conversation, as they are now, each with what changed it.
import type { HistoryPageInit, HistoryRequest, UplinkInfo } from '@im/protocol';
import { conversationKey, cutHistoryPage, type HistoryItem } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import { answerEnvelope } from '../delivery/answers.js';

/** `max_items` of HistoryPage.pushes. */
const MAX_ITEMS = 1000;

export class History {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @throws ProtocolError NOT_A_MEMBER */
  async page(request: HistoryRequest, uplink: UplinkInfo): Promise<HistoryPageInit> {
    const { storage, membership, presentForm } = this.#context;
    const user = uplink.sender!;
    const member = await membership.require(request.conversation, user.userId);
    const key = conversationKey(member.conversation);
    const { seq: last = 0n } = (await storage.lastMessage(key)) ?? {};
    const { afterSeq, beforeSeq, limit } = request;
    // "never below first_seq"
    let from = afterSeq >= member.firstSeq ? afterSeq + 1n : member.firstSeq;
    let to = beforeSeq > 0n && beforeSeq <= last ? beforeSeq - 1n : last;
    const oldest = request.oldest || (afterSeq > 0n && beforeSeq === 0n);
    const maxItems = limit || MAX_ITEMS;
    const messages = await storage.messages(key, { from, to, limit: maxItems, oldest });
    const more = to >= from && BigInt(messages.length) < to - from + 1n;
    if (more && oldest) to = messages.at(-1)!.seq;
    if (more && !oldest) from = messages[0].seq;
    const items: HistoryItem[] = [];
    for (const message of messages) {
      const push = await presentForm.for(user, message);
      if (push !== undefined) items.push({ push, changes: await presentForm.changesFor(user, message) });
    }
    const { maxFrameBytes, sequence: replyTo } = uplink;
    const frame = { maxFrameBytes, replyTo, receiveInfo: answerEnvelope(uplink) };
    return cutHistoryPage({ request, items, firstSeq: from, lastSeq: to, more, frame }).page;
  }
}
