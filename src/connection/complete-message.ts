// What an application may leave out of a message: its author, its time, and the id by which a server recognizes it.
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';

type Data = NonNullable<SendInfoInit['data']>;

/** The field in which data names who has written it: "MUST be the authenticated user and terminal". */
const AUTHOR_FIELDS: Partial<Record<Data['$case'], 'sender' | 'reader'>> = {
  privateMessage: 'sender',
  groupMessage: 'sender',
  roomMessage: 'sender',
  typing: 'sender',
  call: 'sender',
  read: 'reader',
};

/** The message with its author, if the data names one. */
export function withAuthor(message: SendInfoInit, author: UserInfoInit | undefined): SendInfoInit {
  const { data } = message;
  const field = data && AUTHOR_FIELDS[data.$case];
  if (data === undefined || field === undefined || (data.value as Record<string, unknown>)[field] !== undefined) return message;
  return { cmd: message.cmd, data: { ...data, value: { ...data.value, [field]: author } } as Data };
}

/** "client_message_id is unique per sender": the server recognizes a message that is sent again. */
export function withClientMessageId(message: SendInfoInit, createId: () => string): SendInfoInit {
  return withContent(message, (content) =>
    (content.clientMessageId ?? '') === '' ? { ...content, clientMessageId: createId() } : content,
  );
}

/** @param timeMs Unix time in milliseconds; undefined = unknown. */
export function withSentAt(message: SendInfoInit, timeMs: number | undefined): SendInfoInit {
  return withContent(message, (content) => withTime(content, timeMs));
}

export function withTime<T extends { readonly sentAtMs?: bigint | undefined }>(value: T, timeMs = 0): T {
  return (value.sentAtMs ?? 0n) === 0n && timeMs > 0 ? { ...value, sentAtMs: BigInt(Math.round(timeMs)) } : value;
}

function withContent(message: SendInfoInit, complete: (content: ContentInit) => ContentInit): SendInfoInit {
  const { data } = message;
  if (data === undefined || !('content' in data.value) || data.value.content === undefined) return message;
  const content = complete(data.value.content);
  if (content === data.value.content) return message;
  return { cmd: message.cmd, data: { ...data, value: { ...data.value, content } } as Data };
}
