import type { MessageView } from '../model/message-view.js';

/** What one can do with a message. The object stays the same while the conversation is shown. */
export interface MessageActions {
  /** Messages of a room are not kept: nobody can edit, recall or react to them later. */
  readonly canChange: boolean;
  reply(message: MessageView): void;
  edit(message: MessageView): void;
  recall(message: MessageView): void;
  react(message: MessageView, key: string, removed: boolean): void;
  forward(messages: readonly MessageView[]): void;
  /** Adds the message to the selection, or removes it. */
  select(message: MessageView): void;
  retry(message: MessageView): void;
  stop(message: MessageView): void;
  goTo(messageId: bigint): void;
}
