// Quotes of recalled messages. "Clients clear their copies too."
import type { Draft, Reading } from '../draft.js';
import { changeAt, quoteAt, seqOfKey, startingWith } from '../keys.js';
import { RECALL_SLOT } from './message-target.js';
import type { StepConversations } from './step-conversations.js';
import type { StepMessages } from './step-messages.js';
import type { StepReport } from './step-report.js';

/** Quotes that are read at once. */
const PAGE = 500;

export class Quotes {
  readonly #draft: Draft;
  readonly #conversations: StepConversations;
  readonly #messages: StepMessages;
  readonly #report: StepReport;

  constructor(draft: Draft, conversations: StepConversations, messages: StepMessages, report: StepReport) {
    this.#draft = draft;
    this.#conversations = conversations;
    this.#messages = messages;
    this.#report = report;
  }

  /** Clears the quotes of a message that was recalled, in all conversations. */
  *clear(messageId: bigint): Reading<void> {
    const prefix = quoteAt(messageId, '', 0n).split('/', 2).join('/');
    for (;;) {
      const entries = yield* this.#draft.list({ ...startingWith(`${prefix}/`), limit: PAGE });
      for (const [name] of entries) {
        this.#draft.delete(name);
        const [, , key] = name.split('/');
        const record = yield* this.#messages.get({ key, seq: seqOfKey(name) });
        if (record === undefined || !record.clearQuote()) continue;
        this.#messages.replace(key, record);
        if ((yield* this.#conversations.get(key))?.isVisible(record.content.seq)) this.#report.changed(key, record, 'quote');
      }
      if (entries.length < PAGE) return;
    }
  }

  /** Whether a quoted message was recalled: a page that was made before its recall may come after it. */
  *isRecalled(messageId: bigint): Reading<boolean> {
    const place = yield* this.#messages.placeOf(messageId);
    const record = place && (yield* this.#messages.get(place));
    if (record !== undefined) return record.isRecalled;
    return (yield* this.#draft.get(changeAt(messageId, RECALL_SLOT))) !== undefined;
  }
}
