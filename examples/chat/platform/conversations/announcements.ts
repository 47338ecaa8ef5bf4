// A message of the platform to all users. It is in no conversation and has no seq: devices tell it apart by its message_id.
import { Command, type ContentInit } from '@im/protocol';
import type { Context } from '../context.js';

export class Announcements {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @param serverIds the servers that push it at once. */
  async send(content: ContentInit, serverIds: readonly (string | number)[]): Promise<void> {
    const { storage, outbox, people, nowMs } = this.#context;
    const messageId = await storage.newMessageId();
    const data = { $case: 'systemMessage', value: { content: { ...content, messageId, sentAtMs: BigInt(nowMs()) } } } as const;
    const item = { kind: 'push', push: { cmd: Command.SYSTEM_MESSAGE, data } } as const;
    for (const userId of people.users.keys()) await storage.addToInbox(userId, `announcement ${messageId}`, item);
    await outbox.everyone(serverIds, data);
  }
}
