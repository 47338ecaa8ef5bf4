// The messages of the conversations that were opened: a page of each from the storage, and what changes from then on.
import type { ClientSync, SyncMessage } from '@im/protocol/sync';

const PAGE = 50;

interface Loaded {
  /** By seq. Those below `from` wait until the page that they belong to is loaded. */
  readonly bySeq: Map<bigint, SyncMessage>;
  /** The first seq that is loaded without a gap up to the newest. */
  from: bigint;
  hasOlder: boolean;
  isLoadingOlder: boolean;
}

export class Timelines {
  readonly #sync: Pick<ClientSync, 'messages' | 'loadHistory'>;
  readonly #changed: (conversationKey: string) => void;
  readonly #loaded = new Map<string, Loaded>();

  constructor(sync: Pick<ClientSync, 'messages' | 'loadHistory'>, changed: (conversationKey: string) => void) {
    this.#sync = sync;
    this.#changed = changed;
  }

  /** Oldest first. */
  messages(key: string): SyncMessage[] {
    const loaded = this.#loaded.get(key);
    if (loaded === undefined) return [];
    return [...loaded.bySeq.values()].filter(({ seq }) => seq >= loaded.from).sort((a, b) => (a.seq < b.seq ? -1 : 1));
  }

  find(key: string, messageId: bigint): SyncMessage | undefined {
    return this.messages(key).find((message) => message.messageId === messageId);
  }

  hasOlder(key: string): boolean {
    return this.#loaded.get(key)?.hasOlder ?? false;
  }

  isLoadingOlder(key: string): boolean {
    return this.#loaded.get(key)?.isLoadingOlder ?? false;
  }

  async open(key: string): Promise<void> {
    if (this.#loaded.has(key)) return;
    const loaded = { bySeq: new Map(), from: MAX_SEQ, hasOlder: false, isLoadingOlder: true };
    this.#loaded.set(key, loaded);
    await this.#page(key, loaded);
  }

  async loadOlder(key: string): Promise<void> {
    const loaded = this.#loaded.get(key);
    if (loaded === undefined || loaded.isLoadingOlder || !loaded.hasOlder) return;
    loaded.isLoadingOlder = true;
    this.#changed(key);
    await this.#page(key, loaded);
  }

  /** A new message, or one that was changed. */
  set(message: SyncMessage): void {
    if (message.key === undefined) return;
    const loaded = this.#loaded.get(message.key);
    if (loaded === undefined) return;
    loaded.bySeq.set(message.seq, message);
    // The first message of an empty conversation.
    if (loaded.from === MAX_SEQ && !loaded.isLoadingOlder) loaded.from = message.seq;
  }

  delete(key: string, messageIds: readonly bigint[], upToSeq: bigint): void {
    const bySeq = this.#loaded.get(key)?.bySeq;
    for (const [seq, { messageId }] of bySeq ?? []) if (seq <= upToSeq || messageIds.includes(messageId)) bySeq?.delete(seq);
  }

  /** Loads again what is open: the storage was changed by another tab, or starts from scratch. */
  async reload(): Promise<void> {
    const keys = [...this.#loaded.keys()];
    this.#loaded.clear();
    await Promise.all(keys.map((key) => this.open(key)));
  }

  async #page(key: string, loaded: Loaded): Promise<void> {
    try {
      const beforeSeq = loaded.from === MAX_SEQ ? undefined : loaded.from;
      let page = await this.#sync.messages(key, { beforeSeq, limit: PAGE });
      if (page.isMissing && page.messages.length < PAGE) {
        const at = page.messages.at(-1)?.seq ?? beforeSeq;
        await this.#sync.loadHistory(key, { limit: PAGE, ...(at !== undefined && { beforeSeq: at }) });
        page = await this.#sync.messages(key, { beforeSeq, limit: PAGE });
      }
      // What has come meanwhile is newer than the page.
      for (const message of page.messages) if (!loaded.bySeq.has(message.seq)) loaded.bySeq.set(message.seq, message);
      loaded.from = page.messages.at(-1)?.seq ?? (loaded.from === MAX_SEQ ? (lowest(loaded.bySeq) ?? MAX_SEQ) : loaded.from);
      loaded.hasOlder = page.more;
    } finally {
      loaded.isLoadingOlder = false;
      this.#changed(key);
    }
  }
}

const MAX_SEQ = 2n ** 63n;

function lowest(bySeq: ReadonlyMap<bigint, unknown>): bigint | undefined {
  return [...bySeq.keys()].reduce<bigint | undefined>((min, seq) => (min === undefined || seq < min ? seq : min), undefined);
}
