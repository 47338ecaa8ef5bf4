import { ProtocolError } from '../errors.js';
import type { SyncBatch, SyncEntry, SyncList, SyncStorage } from './storage.js';

// The members of the DOM's types that are used: this module compiles without the DOM.
interface Request<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface OpenRequest extends Request<Database> {
  onupgradeneeded: (() => void) | null;
  onblocked: (() => void) | null;
}
interface Database {
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: string, options?: object): Transaction;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}
interface Transaction {
  objectStore(name: string): ObjectStore;
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  abort(): void;
}
interface Cursor {
  readonly key: string;
  readonly value: Uint8Array;
  continue(): void;
}
interface ObjectStore {
  get(key: string | number): Request<unknown>;
  put(value: unknown, key: string | number): unknown;
  delete(query: unknown): unknown;
  openCursor(query: unknown, direction?: string): Request<Cursor | null>;
  getAll(query: unknown, count?: number): Request<Uint8Array[]>;
  getAllKeys(query: unknown, count?: number): Request<string[]>;
}
interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: (() => void) | null;
}
interface Globals {
  readonly indexedDB?: { open(name: string, version: number): OpenRequest };
  readonly IDBKeyRange?: { bound(from: string, to: string, fromOpen: boolean, toOpen: boolean): unknown };
  readonly BroadcastChannel?: new (name: string) => Channel;
}

const STORE = 'entries';
/** The key of the revision: a number, which is in no range of strings. */
const REVISION = 0;
const globals = globalThis as unknown as Globals;

/**
 * A SyncStorage in IndexedDB, for pages and workers. Tabs of one origin may share it: each writes only what it has computed from the present
 * state, and learns of the writes of the others by a BroadcastChannel.
 *
 * Use one name for each user, for example `chat-${userId}`. The database is opened with the first call.
 */
export class IndexedDbStorage implements SyncStorage {
  onForeignWrite: (() => void) | undefined;
  readonly #name: string;
  #opening: Promise<Database> | undefined;
  #channel: Channel | undefined;
  #isClosed = false;

  /** @param name name of the database. */
  constructor(name: string) {
    this.#name = name;
    if (globals.BroadcastChannel === undefined) return;
    this.#channel = new globals.BroadcastChannel(`@im/protocol/sync ${name}`);
    this.#channel.onmessage = () => this.onForeignWrite?.();
  }

  async revision(): Promise<number> {
    const store = (await this.#transaction('readonly')).objectStore(STORE);
    return revisionOf(await outcome(store.get(REVISION)));
  }

  async get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    const store = (await this.#transaction('readonly')).objectStore(STORE);
    return Promise.all(keys.map((key) => outcome(store.get(key)) as Promise<Uint8Array | undefined>));
  }

  async list({ from, to, limit, reverse = false }: SyncList): Promise<readonly SyncEntry[]> {
    // IndexedDB refuses a range that ends before it begins.
    if (from >= to) return [];
    const store = (await this.#transaction('readonly')).objectStore(STORE);
    const range = globals.IDBKeyRange!.bound(from, to, false, true);
    if (!reverse) {
      const [keys, values] = await Promise.all([outcome(store.getAllKeys(range, limit)), outcome(store.getAll(range, limit))]);
      return keys.map((key, i) => [key, values[i]]);
    }
    const request = store.openCursor(range, 'prev');
    const entries: SyncEntry[] = [];
    return new Promise((resolve, reject) => {
      request.onerror = () => reject(failure(request.error));
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor !== null) entries.push([cursor.key, cursor.value]);
        if (cursor === null || entries.length >= limit) resolve(entries);
        else cursor.continue();
      };
    });
  }

  async write({ revision, deleteRanges, deletes, puts }: SyncBatch): Promise<boolean> {
    const transaction = await this.#transaction('readwrite');
    const store = transaction.objectStore(STORE);
    let isPresent = false;
    // A transaction is alive only during callbacks of its requests: all requests are made in one.
    const request = store.get(REVISION);
    request.onsuccess = () => {
      isPresent = revisionOf(request.result) === revision;
      if (!isPresent) return;
      try {
        for (const { from, to } of deleteRanges) {
          if (from < to) store.delete(globals.IDBKeyRange!.bound(from, to, false, true));
        }
        for (const key of deletes) store.delete(key);
        for (const [key, value] of puts) store.put(value, key);
        store.put(revision + 1, REVISION);
      } catch {
        transaction.abort();
      }
    };
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(failure(transaction.error));
    });
    if (isPresent) this.#channel?.postMessage(revision + 1);
    return isPresent;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#channel?.close();
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening?.catch(() => undefined))?.close();
  }

  async #transaction(mode: 'readonly' | 'readwrite'): Promise<Transaction> {
    if (this.#isClosed) throw new ProtocolError('CLOSED', 'the storage is closed');
    this.#opening ??= this.#open();
    let database: Database;
    try {
      database = await this.#opening;
    } catch (error) {
      // The next call tries again.
      this.#opening = undefined;
      throw error;
    }
    // What is written survives a crash of the system too.
    return database.transaction(STORE, mode, { durability: 'strict' });
  }

  #open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      if (globals.indexedDB === undefined || globals.IDBKeyRange === undefined) {
        reject(new ProtocolError('INTERNAL', 'IndexedDbStorage needs indexedDB, which this environment lacks'));
        return;
      }
      const request = globals.indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
      request.onerror = () => reject(failure(request.error));
      request.onblocked = () => reject(new ProtocolError('INTERNAL', 'another tab keeps an older version of the database open'));
      request.onsuccess = () => {
        const database = request.result;
        const drop = (): void => {
          this.#opening = undefined;
        };
        // The user deletes the data of the site: let go, and start from scratch.
        database.onversionchange = () => {
          drop();
          database.close();
        };
        database.onclose = drop;
        resolve(database);
      };
    });
  }
}

function outcome<T>(request: Request<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(request.error));
  });
}

function revisionOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function failure(cause: unknown): ProtocolError {
  return new ProtocolError('INTERNAL', 'IndexedDB failed', { cause });
}
