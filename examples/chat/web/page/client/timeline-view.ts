// The messages of a conversation as the view shows them: stored ones, with answers as far as they are written, then those on their way.
import type { SyncConversation } from '@im/protocol/sync';
import type { Person, Timeline } from '../model/chat-model.js';
import type { Live } from './live.js';
import { messageOf } from './message-of.js';
import { type Outbox, outgoingView } from './outbox.js';
import type { Room } from './rooms.js';
import type { Timelines } from './timelines.js';

export function timelineView(
  key: string,
  me: Person,
  conversation: SyncConversation | undefined,
  timelines: Timelines,
  live: Live,
  outbox: Outbox,
): Timeline {
  const stored = timelines.messages(key).flatMap((message) => messageOf(message, me, conversation) ?? []);
  // Another tab may have stored a message before its result is here.
  const known = new Set(stored.map((message) => message.key));
  const waiting = outbox.of(key).filter((message) => !known.has(message.key));
  const outgoing = waiting.map((message) => outgoingView(message, me));
  const messages = [...stored.map((message) => live.written(message)), ...outgoing];
  return { messages, hasOlder: timelines.hasOlder(key), isLoadingOlder: timelines.isLoadingOlder(key) };
}

/** A room keeps nothing. */
export function roomView({ messages }: Room): Timeline {
  return { messages, hasOlder: false, isLoadingOlder: false };
}
