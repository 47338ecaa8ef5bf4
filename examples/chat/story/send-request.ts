import { Command, type SendResult, Terminal, type UserInfo } from '@im/protocol';
import { fromJSON } from '@im/protocol/json';
import type { Client } from '@im/protocol/node';
import type { Send } from './conversation.js';
import type { Directory } from './directory.js';
import type { MessageIds } from './message-ids.js';

/** Sends a line of the file. */
export function sendRequest(
  client: Client,
  send: Send,
  sender: UserInfo,
  { directory, ids }: { directory: Directory; ids: MessageIds },
): Promise<SendResult> {
  const { to, terminals = [], skipSelf, skipResult, mentions = [] } = send;
  const content = fromJSON('Content', ids.resolve(send.content));
  const message = { sender, receiverTerminals: terminals.map((name) => Terminal[name]), skipSelf, skipResult, content };
  const groupId = directory.groupId(to);
  const mentionedIds = mentions.map((name) => directory.userId(name));
  if (groupId !== undefined) return client.request(Command.GROUP_MESSAGE, { ...message, groupId, mentionedIds });
  return client.request(Command.PRIVATE_MESSAGE, { ...message, receiverId: directory.userId(to) });
}
