// The conversation of the demo with other ids, so that a capture tells it from others on the same machine.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Conversation } from '../../../examples/chat/story/conversation.js';

const FILE = new URL('../../../examples/chat/conversation.json', import.meta.url);
/** The longest id in the conversation has 63 bits, so that this may be added to none of those: it is put in their place. */
const FIRST_ID = 2n ** 62n;

export function conversationOfThisRun(): Conversation {
  const conversation = JSON.parse(readFileSync(FILE, 'utf8')) as Conversation;
  let next = FIRST_ID + BigInt(randomInt(2 ** 47)) * 2n ** 14n;
  const newId = (): string => String(next++);
  const users = Object.keys(conversation.users).map((name) => [name, newId()]);
  const groups = Object.entries(conversation.groups).map(([name, group]) => [name, { ...group, groupId: newId() }]);
  return { ...conversation, users: Object.fromEntries(users), groups: Object.fromEntries(groups) };
}
