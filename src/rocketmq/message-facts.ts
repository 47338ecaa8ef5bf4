// Derives the RocketMQ attributes of a ReceiveInfo or SendResult: kind of topic, tag, keys, message group.

import { COMMANDS } from '../../generated/commands.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { commandName } from '../codec/command-name.js';
import { conversationGroup } from '../conversation/conversation-of.js';
import { ProtocolError } from '../errors.js';
import type { TopicKind } from './topics.js';

/** The payload of a TopicMessage that is a frame. */
export type Framed =
  | { readonly $case: 'receiveInfo'; readonly value: ReceiveInfoInit }
  | { readonly $case: 'sendResult'; readonly value: SendResultInit };

type FramedData = NonNullable<ReceiveInfoInit['data'] | SendResultInit['data']>;

/**
 * The payload if it is a frame.
 * @throws ProtocolError UNSUPPORTED_TYPE for a payload that no topic of this release carries.
 */
export function framedPayload({ payload }: TopicMessageInit): Framed | undefined {
  if (payload === undefined || payload.$case === 'raw') return undefined;
  if (payload.$case === 'receiveInfo' || payload.$case === 'sendResult') return payload;
  throw new ProtocolError('UNSUPPORTED_TYPE', `no topic carries a ${payload.$case}`);
}

/** The schema names the topic of each command. Unknown ones, and those of applications, go to the system topics (specification, section 10). */
export function kindOf(command: number): TopicKind {
  const { topic = 'system' } = COMMANDS[command] ?? {};
  // The topics of events are not served yet.
  return topic === 'event' ? 'system' : topic;
}

/** The name of the command, or its decimal number from 1000 on; empty for a result without a command. */
export function tagOf({ value: { cmd = 0 } }: Framed): string {
  return cmd === 0 ? '' : commandName(cmd);
}

/** The message_id that the platform assigned; 0 = none. */
export function messageIdOf({ $case, value }: Framed): bigint {
  return ($case === 'sendResult' && value.messageId) || contentOf(value.data)?.messageId || 0n;
}

/** "`message_id` and `client_message_id`, if they are set". */
export function keysOf(payload: Framed): string[] {
  const messageId = messageIdOf(payload);
  const clientMessageId = contentOf(payload.value.data)?.clientMessageId ?? '';
  return [messageId === 0n ? '' : String(messageId), clientMessageId].filter((key) => key !== '');
}

/** The message group: that of the call, the stream or the conversation; undefined for a message without one, and for results. */
export function groupOf({ $case, value }: Framed): string | undefined {
  return $case === 'sendResult' ? undefined : conversationGroup(value.data);
}

function contentOf(
  data: FramedData | undefined,
): { messageId?: bigint | undefined; clientMessageId?: string | undefined } | undefined {
  switch (data?.$case) {
    case 'privateMessage':
    case 'groupMessage':
    case 'systemMessage':
      return data.value.content;
    default:
      return undefined;
  }
}
