// What the list of messages shows: messages in groups, days, and where the unread ones begin.
import type { MessageView } from '../model/message-view.js';
import { startOfDay } from '../texts/locale.js';

/** Messages of one sender within this time stand close together, with one name and one picture. */
const GROUP_MS = 5 * 60_000;

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly ms: number }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: MessageView;
      readonly startsGroup: boolean;
      readonly endsGroup: boolean;
    };

/**
 * Rows of the messages from `start` to before `end`.
 * @param unreadKey The first unread message; undefined = none.
 */
export function timelineRows(messages: readonly MessageView[], start: number, end: number, unreadKey: string | undefined): Row[] {
  const rows: Row[] = [];
  for (let i = start; i < end; i++) {
    const message = messages[i];
    const isNewDay = i === 0 || !isSameDay(messages[i - 1], message);
    if (isNewDay) rows.push({ kind: 'day', key: `day ${message.key}`, ms: message.sentAtMs });
    if (message.key === unreadKey) rows.push({ kind: 'unread', key: 'unread' });
    const startsGroup = message.key === unreadKey || !isSameGroup(messages[i - 1], message);
    const next = messages[i + 1];
    const endsGroup = next?.key === unreadKey || !isSameGroup(message, next);
    rows.push({ kind: 'message', key: message.key, message, startsGroup, endsGroup });
  }
  return rows;
}

/** Notices and recalled messages are lines between the bubbles, not bubbles. */
export function isLine({ body }: MessageView): boolean {
  return body.kind === 'notice' || body.kind === 'recalled';
}

function isSameGroup(first: MessageView | undefined, second: MessageView | undefined): boolean {
  if (first === undefined || second === undefined || isLine(first) || isLine(second)) return false;
  return first.sender.userId === second.sender.userId && second.sentAtMs - first.sentAtMs < GROUP_MS && isSameDay(first, second);
}

function isSameDay(first: MessageView, second: MessageView): boolean {
  return startOfDay(first.sentAtMs) === startOfDay(second.sentAtMs);
}
