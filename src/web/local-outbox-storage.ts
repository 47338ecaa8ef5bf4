import type { OutboxStorage, StoredOutboxMessage } from '../connection/outbox-storage.js';

/** The members of the browser's Storage that are used. */
export interface StorageLike {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Globals {
  readonly localStorage?: StorageLike;
  btoa(bytes: string): string;
  atob(text: string): string;
}

const globals = globalThis as unknown as Globals;

/**
 * The storage of an Outbox in `localStorage`, for pages; workers have none. Each message is an item. Tabs of one origin may share it: both send
 * a message that waits, and the server delivers it once. Browsers keep about 5 MB for an origin.
 */
export class LocalOutboxStorage implements OutboxStorage {
  readonly #prefix: string;
  readonly #items: StorageLike;

  /**
   * @param name begins the keys of the items. Use one for each user, for example `outbox-${userId}`.
   * @param storage where the items are. Default: `localStorage`.
   * @throws TypeError without `localStorage`, or if the browser forbids it to the page.
   */
  constructor(name: string, storage: StorageLike | undefined = localStorageOfPage()) {
    if (storage === undefined) throw new TypeError('LocalOutboxStorage needs localStorage');
    this.#prefix = `${name} `;
    this.#items = storage;
  }

  load(): StoredOutboxMessage[] {
    const keys = Array.from({ length: this.#items.length }, (_, i) => this.#items.key(i) ?? '');
    return keys.filter((key) => key.startsWith(this.#prefix)).map((key) => this.#read(key));
  }

  put({ id, position, userId, createdAtMs, bytes }: StoredOutboxMessage): void {
    const text = globals.btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    this.#items.setItem(this.#prefix + id, `${position} ${userId} ${createdAtMs} ${text}`);
  }

  remove(id: string): void {
    this.#items.removeItem(this.#prefix + id);
  }

  /** An item that is damaged becomes a message without bytes, which the outbox reports and removes. */
  #read(key: string): StoredOutboxMessage {
    const id = key.slice(this.#prefix.length);
    const value = this.#items.getItem(key) ?? '';
    const [, position, userId, createdAtMs, text] =
      /^(\d{1,15}) (\d{1,19}) (\d{1,15}) ((?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}(?:==|[A-Za-z\d+/]=))?)$/.exec(value) ?? [];
    const bytes = Uint8Array.from(globals.atob(text ?? ''), (char) => char.charCodeAt(0));
    return { id, position: Number(position ?? 0), userId: BigInt(userId ?? 0), createdAtMs: Number(createdAtMs ?? 0), bytes };
  }
}

/** Undefined in workers, and where the browser forbids it: then the getter throws a SecurityError. */
function localStorageOfPage(): StorageLike | undefined {
  try {
    return globals.localStorage;
  } catch {
    return undefined;
  }
}
