// A page of SYNC with `reset`: the device starts again from the list of conversations.
import { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { messageAt, startingWith } from '../keys.js';

/** Conversations that are read at once. */
const PAGE = 500;

/** Drops the list of conversations and what belongs to it, but for messages below first_seq, which nobody can load again. */
export function* dropConversations(draft: Draft): Reading<void> {
  let isKept = false;
  for (let from = ''; ; ) {
    const entries = yield* draft.list({ ...startingWith('c/', from), limit: PAGE });
    for (const [name, bytes] of entries) {
      const record = ConversationRecord.decode(name.slice(2), bytes);
      const { firstSeq } = record;
      if (firstSeq > 1n) isKept = true;
      draft.deleteRange({ from: messageAt(record.key, firstSeq), to: `m/${record.key}/~` });
    }
    if (entries.length < PAGE) break;
    from = `${entries[entries.length - 1][0].slice(2)}\0`;
  }
  for (const prefix of ['c/', 'a/', 's/', 'l/', 'h/', 'u/', 'x/', ...(isKept ? [] : ['i/', 'q/'])]) {
    draft.deleteRange(startingWith(prefix));
  }
}
