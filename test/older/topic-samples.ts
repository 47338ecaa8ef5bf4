import type { ContentInit, ReceiveInfoInit } from '../../src/index.js';

/** A body of version 2. */
export const CONTENT_BODY = { $case: 'reaction', value: { messageId: 3n, key: '+1' } } as const;

/** A PRIVATE_MESSAGE for an IM server. */
export function conversationMessage(content: ContentInit = { body: { $case: 'text', value: { text: 'hi' } } }): ReceiveInfoInit {
  return {
    cmd: 4,
    sender: { userId: 1n, terminal: 1 },
    receivers: [{ terminal: 2, userIds: [2n, 3n] }],
    serviceName: 'chat',
    traceId: 'trace',
    data: {
      $case: 'privateMessage',
      value: {
        sender: { userId: 1n, terminal: 1 },
        receiverId: 2n,
        content: { messageId: 9n, clientMessageId: 'c', ...content },
      },
    },
  };
}
