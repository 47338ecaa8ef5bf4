// Short forms of what the tests send and receive.
import { Command, type ContentInit, type PushInit } from '@im/protocol';
import type { Device, Push, World } from './world.js';

let lastId = 0;

/** A content with a text and a new id. */
export function text(words: string, more: Partial<ContentInit> = {}): ContentInit {
  lastId += 1;
  return { clientMessageId: `c${lastId}`, body: { $case: 'text', value: { text: words } }, ...more };
}

/** Sends a private message, and returns its result. */
export async function toUser(
  world: World,
  { userId, terminal, ...at }: Device,
  receiverId: bigint,
  content: ContentInit,
  more = {},
) {
  const value = { sender: { userId, terminal }, receiverId, content, ...more };
  const data = await world.request({ userId, terminal, ...at }, Command.PRIVATE_MESSAGE, { $case: 'privateMessage', value });
  return resultOf(data);
}

/** Sends a group message, and returns its result. */
export async function toGroup(
  world: World,
  { userId, terminal, ...at }: Device,
  groupId: bigint,
  content: ContentInit,
  more = {},
) {
  const value = { sender: { userId, terminal }, groupId, content, ...more };
  const data = await world.request({ userId, terminal, ...at }, Command.GROUP_MESSAGE, { $case: 'groupMessage', value });
  return resultOf(data);
}

function resultOf(data: Push['data']) {
  if (data?.$case !== 'sendResult') throw new Error(`expected a result, got ${data?.$case}`);
  const { messageId, seq, conversation } = data.value;
  return { messageId, seq, conversation };
}

export async function sync(world: World, device: Device, request: object = {}, options: object = {}) {
  const data = await world.request(device, Command.SYNC, { $case: 'syncRequest', value: request }, options);
  if (data?.$case !== 'syncPage') throw new Error(`expected a page, got ${data?.$case}`);
  return data.value;
}

export async function history(world: World, device: Device, request: object, options: object = {}) {
  const data = await world.request(device, Command.HISTORY, { $case: 'historyRequest', value: request }, options);
  if (data?.$case !== 'historyPage') throw new Error(`expected a page, got ${data?.$case}`);
  return data.value;
}

/** A push as a line: command, seq and words of a message. */
export function line({ cmd = 0, data }: PushInit | Push): string {
  const name = Object.entries(Command).find(([, number]) => number === cmd)?.[0];
  if (data === undefined || !('content' in data.value)) return `${name}`;
  const { seq, body, fallback } = data.value.content ?? {};
  const words = body?.$case === 'text' || body?.$case === 'stream' ? body.value.text : `[${body?.$case}] ${fallback}`;
  return `${name} ${seq} ${words}`.trim();
}
