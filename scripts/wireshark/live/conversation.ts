// The conversation of the demo with unique ids, so that other traffic on the machine is not confused with it.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Conversation } from '../../../examples/chat/story/conversation.js';

const FILE = new URL('../../../examples/chat/conversation.json', import.meta.url);
/** Ids are replaced, not offset: the longest one has 63 bits. */
const FIRST_ID = 2n ** 62n;

export function conversationOfThisRun(): Conversation {
  const conversation = JSON.parse(readFileSync(FILE, 'utf8')) as Conversation;
  let next = FIRST_ID + BigInt(randomInt(2 ** 47)) * 2n ** 14n;
  const newId = (): string => String(next++);
  const users = Object.keys(conversation.users).map((name) => [name, newId()]);
  const groups = Object.entries(conversation.groups).map(([name, group]) => [name, { ...group, groupId: newId() }]);
  return { ...conversation, users: Object.fromEntries(users), groups: Object.fromEntries(groups) };
}
