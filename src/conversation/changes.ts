// Messages that change other messages, as HISTORY gives them.
import type { ContentInit, PushInit } from '../../generated/models.js';
import { isMessageData } from './conversation-of.js';

/**
 * What changed each message: the Edit with the highest revision, the Recall, and for each key the Reaction with the highest seq,
 * in this order; reactions by ascending seq. Of equal ones the later push counts. For `changes` of the items of `cutHistoryPage`.
 * @param pushes of one conversation, in any order; those that change no message are skipped.
 * @returns the pushes by the message_id that they change.
 */
export function latestChanges(pushes: Iterable<PushInit>): Map<bigint, PushInit[]> {
  const latest = new Map<string, Change>();
  for (const push of pushes) {
    const change = changeOf(push);
    if (change === undefined) continue;
    const name = `${change.messageId} ${change.kind} ${change.key}`;
    const before = latest.get(name);
    if (before === undefined || before.rank <= change.rank) latest.set(name, change);
  }
  const byMessage = new Map<bigint, PushInit[]>();
  for (const { messageId, push } of [...latest.values()].sort(inOrder)) {
    byMessage.set(messageId, [...(byMessage.get(messageId) ?? []), push]);
  }
  return byMessage;
}

interface Change {
  readonly push: PushInit;
  readonly messageId: bigint;
  /** 0 = Edit, 1 = Recall, 2 = Reaction. */
  readonly kind: number;
  /** Of a Reaction. */
  readonly key: string;
  /** The highest one counts. */
  readonly rank: bigint;
}

function changeOf(push: PushInit): Change | undefined {
  const { body, seq = 0n, messageId: own = 0n }: ContentInit = (isMessageData(push.data) && push.data.value.content) || {};
  switch (body?.$case) {
    case 'edit': {
      const { messageId = 0n, revision = 0 } = body.value;
      return { push, messageId, kind: 0, key: '', rank: BigInt(revision) };
    }
    case 'recall': {
      const { messageId = 0n } = body.value;
      // The recalled form of a message is no change of it.
      return messageId === own ? undefined : { push, messageId, kind: 1, key: '', rank: seq };
    }
    case 'reaction': {
      const { messageId = 0n, key = '' } = body.value;
      return { push, messageId, kind: 2, key, rank: seq };
    }
    default:
      return undefined;
  }
}

function inOrder(a: Change, b: Change): number {
  return a.kind - b.kind || (a.rank < b.rank ? -1 : Number(a.rank > b.rank));
}
