// Parts of a message, whatever its kind.
import { Command, type ContentInit } from '@im/protocol';
import type { MessageData } from '@im/protocol/conversation';

export function commandOf({ $case }: MessageData): Command {
  if ($case === 'privateMessage') return Command.PRIVATE_MESSAGE;
  return $case === 'groupMessage' ? Command.GROUP_MESSAGE : Command.SYSTEM_MESSAGE;
}

export function contentOf({ value }: MessageData): ContentInit {
  return value.content ?? {};
}

/** The message with another content. */
export function withContent(data: MessageData, content: ContentInit): MessageData {
  return { ...data, value: { ...data.value, content } } as MessageData;
}

/** The id of the message that this one recalls, edits or reacts to; 0 = none. */
export function changedMessageId(data: MessageData): bigint {
  const { body } = contentOf(data);
  const isChange = body?.$case === 'recall' || body?.$case === 'edit' || body?.$case === 'reaction';
  return isChange ? (body.value.messageId ?? 0n) : 0n;
}

/** A message of the platform: it asks for no SendResults. */
export function withoutResults(data: MessageData): MessageData {
  return { ...data, value: { ...data.value, skipResult: true } } as MessageData;
}
