import {
  type MessageChunk,
  type MessageChunkInit,
  type SendInfo,
  StreamContent,
  type StreamContentInit,
} from '../../src/index.js';

export const conversation = { kind: { $case: 'groupId', value: 3n } } as const;

/** A chunk as a message of the server. */
export function chunk(index: number, offset: number, text: string, more: MessageChunkInit = {}): SendInfo {
  const value = { conversation, messageId: 7n, index, offset, text, lane: '', state: 1, ...more } as MessageChunk;
  return { cmd: 16, sequence: 0, replyTo: 0, data: { $case: 'chunk', value } };
}

/** The message itself, with the text so far. */
export function streamed(content: StreamContentInit, messageId = 7n): SendInfo {
  const body = { $case: 'stream', value: StreamContent.create(content) } as const;
  return { cmd: 5, data: { $case: 'groupMessage', value: { groupId: 3n, content: { messageId, body } } } } as unknown as SendInfo;
}
