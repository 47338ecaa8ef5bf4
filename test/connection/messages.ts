import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';

/** A command of the application. */
export const ASK = 1000;

const TYPE_URL = 'example.com/test.T';

/** What ASK carries. */
export function ask(text: string) {
  return { typeUrl: TYPE_URL, value: new TextEncoder().encode(text) };
}

export function custom(text: string, cmd = ASK): SendInfoInit {
  return { cmd, data: { $case: 'custom', value: ask(text) } };
}

/** The text of a custom message. */
export function textOf(value: { data?: SendInfo['data'] } | { value: Uint8Array } | undefined): string {
  if (value === undefined) return '';
  if ('value' in value) return new TextDecoder().decode(value.value);
  if (value.data?.$case === 'custom') return textOf(value.data.value);
  if (value.data !== undefined && 'content' in value.data.value) {
    const body = value.data.value.content?.body;
    return body?.$case === 'text' ? body.value.text : '';
  }
  return '';
}

/** A push of the server. */
export function push(messageId: bigint, text = String(messageId)): SendInfoInit {
  const content = { messageId, body: { $case: 'text', value: { text } } } as const;
  return { cmd: 6, data: { $case: 'systemMessage', value: { content } } };
}

/** The data of a PRIVATE_MESSAGE, without its sender. */
export function chat(text: string) {
  return { receiverId: 2n, content: { body: { $case: 'text', value: { text } } } } as never;
}

/** The reply to a message. */
export function taken(message: SendInfo, messageId = 7n): SendInfoInit {
  return { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: message.cmd, messageId } } };
}
