// SYNC: as much as fits into a page.
import {
  type ContentInit,
  ConversationState,
  type ConversationStateInit,
  Push,
  type PushInit,
  type SyncPageInit,
} from '../../generated/models.js';
import { conversationOf, isMessageData } from './conversation-of.js';
import { fieldBytes, maxPageBytes, type PageFrame } from './page-frame.js';
import { conversationKey } from './ref.js';

/** Maximum number of pushes, and of states, of a page: `max_items` in the schema. */
const PAGE_MAX_ITEMS = 1000;

/** What comes next for a device. */
export interface SyncItem {
  /**
   * The push, as it is now: `recalledForm` for a recalled message. Left out: the item lists a conversation by its `state` alone.
   */
  readonly push?: PushInit | undefined;
  /**
   * The present state of the conversation of the push, which the page names where it leaves the push out. Give it with each push
   * of a conversation.
   */
  readonly state?: ConversationStateInit | undefined;
  /** The cursor after this item: 1 to 1024 bytes. */
  readonly cursor: Uint8Array;
}

/** What a page of SYNC is made from. */
export interface SyncPageSource {
  /** What follows `cursor`, oldest first: some or all of it. What the page does not take starts the next one. */
  readonly items: readonly SyncItem[];
  /** More follows after the items. Default false. */
  readonly more?: boolean | undefined;
  /**
   * The cursor before the items, which a page without any has: that of the request, 1 to 1024 bytes; a new one where that is
   * empty, and with `reset`.
   */
  readonly cursor: Uint8Array;
  /** The cursor of the request was unreadable, foreign or too old. Default false. */
  readonly reset?: boolean | undefined;
  /** `limit` of the request: the maximum number of pushes in the page, 0 to 1000. Default 0 = 1000. */
  readonly limit?: number | undefined;
  /**
   * `per_conversation` of the request: the maximum number of messages of one conversation in the chain of pages. Default 0 = no
   * maximum.
   */
  readonly perConversation?: number | undefined;
  /** With `perConversation`: `given` of the page before, in the same chain. Default: this page is the first. */
  readonly given?: ReadonlyMap<string, number> | undefined;
  /** The frames in which the page travels. */
  readonly frame: PageFrame;
}

/** A page of SYNC that fits. */
export interface CutSyncPage {
  readonly page: SyncPageInit;
  /** How many of the items the page has or leaves out: the next page starts after them. */
  readonly taken: number;
  /**
   * The pushes that the page leaves out: over `perConversation`, or too large for any page. The page names their conversations in
   * `truncated`.
   */
  readonly leftOut: readonly PushInit[];
  /** How many messages of a conversation the chain has given so far, by its key: for the next page, while `more` is set. */
  readonly given: ReadonlyMap<string, number>;
}

/**
 * Makes the page of SYNC that takes as many items as fit into each frame. Messages above `perConversation` are left out, the
 * oldest first: those up to last_seq - perConversation of their state. A push that does not fit even alone is left out. For each
 * push left out the page has the state of its conversation, once, and the cursor goes past it. So a page takes at least one item;
 * with `reset` it may take none, and then has the new cursor. A chain of pages loses no item and repeats none.
 *
 * Encodes each push once to learn its size. The pushes are not checked against the rules: encoding the frame does that.
 * @throws RangeError for `frame.maxFrameBytes` out of range.
 * @throws ProtocolError INVALID_MESSAGE for a push or state that cannot be encoded.
 */
export function cutSyncPage(source: SyncPageSource): CutSyncPage {
  const { items, more = false, reset = false } = source;
  const room = maxPageBytes(source.frame);
  const limit = source.limit || PAGE_MAX_ITEMS;
  const draft = new Draft(source);
  let taken = 0;
  for (const [i, item] of items.entries()) {
    const rest = overhead(item.cursor, more || i + 1 < items.length);
    draft.add(item, room - rest);
    if (draft.pushes > limit || draft.states > PAGE_MAX_ITEMS || draft.bytes > room) break;
    if (draft.bytes + rest + (reset ? BOOL_BYTES : 0) <= room) taken = i + 1;
  }
  return assembled(source, draft.fates.slice(0, taken));
}

const BOOL_BYTES = 2;

/** The bytes of a page beside pushes, states and `reset`. */
function overhead(cursor: Uint8Array, more: boolean): number {
  return fieldBytes(cursor.length) + (more ? BOOL_BYTES : 0);
}

/** What becomes of an item. */
interface Fate {
  /** The push is in the page. */
  readonly isPushed: boolean;
  /** The key of the conversation whose state is in the page. */
  readonly named?: string | undefined;
  /** The key of the conversation of which the push is a message. */
  readonly messageOf?: string | undefined;
}

/** The totals of a growing page. */
class Draft {
  readonly fates: Fate[] = [];
  pushes = 0;
  /** Bytes of pushes and states. */
  bytes = 0;
  readonly #perConversation: number;
  readonly #given: Map<string, number>;
  readonly #stateBytes = new Map<string, number>();

  constructor({ perConversation = 0, given }: SyncPageSource) {
    this.#perConversation = perConversation;
    this.#given = new Map(given);
  }

  get states(): number {
    return this.#stateBytes.size;
  }

  /** @param room bytes for pushes and states of a page that has this item alone. */
  add({ push, state }: SyncItem, room: number): void {
    const bytes = push === undefined ? 0 : fieldBytes(Push.encode(push).length);
    const messageOf = push === undefined ? undefined : messageKey(push);
    if (push === undefined || bytes > room || (messageOf !== undefined && this.#isOver(messageOf, push, state))) {
      this.fates.push({ isPushed: false, named: this.#name(state, room) });
      return;
    }
    this.pushes++;
    this.bytes += bytes;
    if (messageOf !== undefined) this.#given.set(messageOf, (this.#given.get(messageOf) ?? 0) + 1);
    this.fates.push({ isPushed: true, messageOf });
  }

  /** The newest messages stay: those that the device shows first. */
  #isOver(key: string, push: PushInit, state: ConversationStateInit | undefined): boolean {
    if (this.#perConversation === 0) return false;
    const seq = contentOf(push)?.seq ?? 0n;
    const isOld = seq !== 0n && seq <= (state?.lastSeq ?? 0n) - BigInt(this.#perConversation);
    return isOld || (this.#given.get(key) ?? 0) >= this.#perConversation;
  }

  #name(state: ConversationStateInit | undefined, room: number): string | undefined {
    if (state?.conversation === undefined) return undefined;
    const bytes = fieldBytes(ConversationState.encode(state).length);
    // Only unknown fields make a state that large.
    if (bytes > room) return undefined;
    const key = conversationKey(state.conversation);
    this.bytes += bytes - (this.#stateBytes.get(key) ?? 0);
    this.#stateBytes.set(key, bytes);
    return key;
  }
}

function assembled({ items, cursor, more = false, reset = false, given }: SyncPageSource, fates: readonly Fate[]): CutSyncPage {
  const pushes: PushInit[] = [];
  const leftOut: PushInit[] = [];
  const states = new Map<string, ConversationStateInit>();
  const counts = new Map(given);
  for (const [i, { isPushed, named, messageOf }] of fates.entries()) {
    const { push, state } = items[i];
    if (push !== undefined) (isPushed ? pushes : leftOut).push(push);
    if (named !== undefined && state !== undefined) states.set(named, state);
    if (messageOf !== undefined) counts.set(messageOf, (counts.get(messageOf) ?? 0) + 1);
  }
  const taken = fates.length;
  const page = {
    pushes,
    cursor: taken === 0 ? cursor : items[taken - 1].cursor,
    more: more || taken < items.length,
    reset,
    truncated: [...states.values()],
  };
  return { page, taken, leftOut, given: counts };
}

/** The key of the conversation in which a push is a message; undefined for every other push. */
function messageKey(push: PushInit): string | undefined {
  const conversation = contentOf(push) && conversationOf(push.data);
  return conversation && conversationKey(conversation);
}

function contentOf({ data }: PushInit): ContentInit | undefined {
  return isMessageData(data) ? data.value.content : undefined;
}
