// The parts of a message of the conversation that must be in the capture.
import type { Conversation, Send } from '../../../examples/chat/story/conversation.js';

export interface ExpectedMessage {
  readonly clientMessageId: string;
  readonly cmd: string;
  /** The member of `data`. */
  readonly member: 'privateMessage' | 'groupMessage';
  readonly sender: string;
  /** The field of the receiver, and its value. */
  readonly receiver: readonly [name: string, id: string];
  /** ProtoJSON of the content, without values that the platform sets. */
  readonly content: object;
  /** The sender and receiver in the packet list. */
  readonly line: (sequence: number) => string;
  /** The beginning of the text in the packet list; undefined for other content. */
  readonly text: string | undefined;
  /** A receiver is online. */
  readonly isDelivered: boolean;
}

/** Characters of a text in the packet list. */
const SHOWN_UNITS = 60;

export function expectedMessage(send: Send, { users, groups, devices, timeline }: Conversation): ExpectedMessage {
  const { from, to, content } = send;
  const sender = users[devices[from].user];
  const groupId = groups[to]?.groupId;
  const name = groupId === undefined ? 'PRIVATE_MESSAGE' : 'GROUP_MESSAGE';
  const known = Object.entries(content).filter(([, value]) => !JSON.stringify(value).includes('id of '));
  const before = timeline.slice(0, timeline.indexOf(send));
  const text = (content.text as { text: string } | undefined)?.text;
  return {
    clientMessageId: content.clientMessageId,
    cmd: `COMMAND_${name}`,
    member: groupId === undefined ? 'privateMessage' : 'groupMessage',
    sender,
    receiver: groupId === undefined ? ['receiverId', users[to]] : ['groupId', groupId],
    content: Object.fromEntries(known),
    line: (sequence) => `${name} #${sequence} ${sender} -> ${groupId === undefined ? users[to] : `group ${groupId}`}`,
    text: text === undefined ? undefined : `"${text.slice(0, SHOWN_UNITS)}`,
    isDelivered: groupId !== undefined || before.some((step) => step.do === 'login' && devices[step.device].user === to),
  };
}
