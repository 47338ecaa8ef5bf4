import { Command, type SendInfoInit, Terminal, type UserInfo } from '@im/protocol';
import { fromJSON } from '@im/protocol/json';
import type { Send } from './conversation.js';
import type { Directory } from './directory.js';
import type { MessageIds } from './message-ids.js';

/** From a line of the file to what the client sends. */
export function sendRequest(
  send: Send,
  sender: UserInfo,
  { directory, ids }: { directory: Directory; ids: MessageIds },
): SendInfoInit {
  const { to, terminals = [], skipSelf, skipResult } = send;
  const content = fromJSON('Content', ids.resolve(send.content));
  const message = { sender, receiverTerminals: terminals.map((name) => Terminal[name]), skipSelf, skipResult, content };
  const groupId = directory.groupId(to);
  if (groupId !== undefined)
    return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { ...message, groupId } } };
  const receiverId = directory.userId(to);
  return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { ...message, receiverId } } };
}
