import { expect, it } from 'vitest';
import { Command, SendCode, type SendInfoInit, SendResult } from '../../src/index.js';
import { sentPush } from '../../src/sync/sent-push.js';

const sender = { userId: 1n, terminal: 1 };
const content = { clientMessageId: 'c', sentAtMs: 5n, body: { $case: 'reaction', value: { messageId: 7n, key: '👍' } } } as const;
const request: SendInfoInit = {
  cmd: Command.GROUP_MESSAGE,
  data: { $case: 'groupMessage', value: { sender, groupId: 9n, receiverIds: [2n], content } },
};

it('is the message as it was sent, with what the platform has assigned, and without its receivers', () => {
  const result = SendResult.create({ code: SendCode.SUCCESS, messageId: 8n, seq: 3n, sentAtMs: 6n });
  const stored = { ...content, messageId: 8n, seq: 3n, sentAtMs: 6n };
  expect(sentPush(request, result)).toEqual({
    cmd: Command.GROUP_MESSAGE,
    data: { $case: 'groupMessage', value: { sender, groupId: 9n, receiverIds: [], content: stored } },
  });
});

it('is the message as the platform echoes it, where it does', () => {
  const counted = { ...content, body: { $case: 'reaction', value: { messageId: 7n, key: '👍', count: 4 } } } as const;
  const data = { $case: 'groupMessage', value: { sender, groupId: 9n, content: counted } } as const;
  const result = SendResult.create({ code: SendCode.SUCCESS, cmd: Command.GROUP_MESSAGE, messageId: 8n, seq: 3n, data });
  const push = sentPush(request, result);
  expect(push?.data?.$case === 'groupMessage' && push.data.value.content).toMatchObject({
    messageId: 8n,
    seq: 3n,
    sentAtMs: 5n,
    body: { value: { messageId: 7n, key: '👍', count: 4 } },
  });
});

it('is nothing for a message that is not stored, and for another command', () => {
  const unstored = SendResult.create({ code: SendCode.SUCCESS, messageId: 8n });
  expect(sentPush(request, unstored)).toBeUndefined();
  const typing = { $case: 'typing', value: { conversation: { kind: { $case: 'groupId', value: 9n } }, sender } } as const;
  const stored = SendResult.create({ code: SendCode.SUCCESS, messageId: 8n, seq: 3n });
  expect(sentPush({ cmd: Command.TYPING, data: typing }, stored)).toBeUndefined();
});
