// A device of the model: a ConversationSync with a storage that survives crashes, and an application that draws.
import { Command, type PushInit, type SendInfoInit } from '../../../src/index.js';
import type { StorageResult, StorageTask } from '../../../src/sync/draft.js';
import { ConversationSync, type SyncChange, type SyncEvent, type SyncMessage } from '../../../src/sync/index.js';
import { OrderedMap } from '../../../src/sync/ordered-map.js';
import { sentPush } from '../../../src/sync/sent-push.js';
import type { SyncStorage } from '../../../src/sync/storage.js';
import { StoredConversations } from '../../../src/sync/stored-conversations.js';

/** A storage without promises, so that a history can stop between any two operations. */
export class Disk {
  readonly entries = new OrderedMap<Uint8Array>();
  revision = 0;

  perform(task: StorageTask): StorageResult {
    switch (task.type) {
      case 'revision':
        return this.revision;
      case 'get':
        return task.keys.map((key) => this.entries.get(key));
      case 'list':
        return this.entries.list(task.query);
      case 'write':
        if (task.batch.revision !== this.revision) return false;
        this.entries.apply(task.batch);
        this.revision += 1;
        return true;
    }
  }

  /** As the interface, for queries. */
  get storage(): SyncStorage {
    return {
      revision: async () => this.revision,
      get: async (keys) => keys.map((key) => this.entries.get(key)),
      list: async (query) => this.entries.list(query),
      write: async () => false,
      close: async () => {},
    };
  }
}

export interface PendingRequest {
  readonly id: number;
  readonly kind: 'sync' | 'history' | 'state';
  readonly data: never;
}

export class Device {
  readonly name: string;
  readonly userId: bigint;
  readonly maxFrameBytes: number;
  readonly disk = new Disk();
  sync: ConversationSync;
  isConnected = false;
  /** Pushes on their way. */
  pushes: PushInit[] = [];
  requests: PendingRequest[] = [];
  /** Replies on their way: functions that deliver them. */
  replies: (() => void)[] = [];
  given: ReadonlyMap<string, number> | undefined;
  /** What the application shows, by conversation and seq. */
  readonly shown = new Map<string, Map<bigint, SyncMessage>>();
  readonly loose = new Map<bigint, SyncMessage>();
  readonly #lastReported = new Map<string, bigint>();
  notices: string[] = [];
  readonly stats = { history: 0, sync: 0, state: 0, reset: 0, gaps: 0 };
  readonly #options: { readonly perConversation: number; readonly limit: number; readonly heldPushes: number };

  constructor(
    name: string,
    userId: bigint,
    maxFrameBytes: number,
    options: { readonly perConversation: number; readonly limit: number; readonly heldPushes: number },
  ) {
    this.name = name;
    this.userId = userId;
    this.maxFrameBytes = maxFrameBytes;
    this.#options = options;
    this.sync = new ConversationSync({ userId, ...options });
  }

  get perConversation(): number {
    return this.#options.perConversation;
  }

  connect(nowMs: number): void {
    this.isConnected = true;
    this.given = undefined;
    this.sync.connected(this.maxFrameBytes, nowMs);
    this.take();
  }

  disconnect(): void {
    this.isConnected = false;
    this.pushes = [];
    this.requests = [];
    this.replies = [];
    this.sync.disconnected();
    this.take();
  }

  /** The process ends: memory is gone, the storage stays. */
  async crash(): Promise<void> {
    this.isConnected = false;
    this.pushes = [];
    this.requests = [];
    this.replies = [];
    this.sync = new ConversationSync({ userId: this.userId, ...this.#options });
    await this.redraw();
  }

  async redraw(): Promise<void> {
    this.shown.clear();
    this.loose.clear();
    this.#lastReported.clear();
    const stored = new StoredConversations(this.disk.storage);
    for (const { key, lastSeq } of await stored.conversations()) {
      this.shown.set(key, await this.#stored(stored, key, lastSeq));
      this.#lastReported.set(key, lastSeq);
    }
    for (const message of await stored.systemMessages(10_000)) this.loose.set(message.messageId, message);
  }

  /** All messages of a conversation that are drawn, page by page, over gaps. */
  async #stored(stored: StoredConversations, key: string, lastSeq: bigint): Promise<Map<bigint, SyncMessage>> {
    const all: SyncMessage[] = [];
    const gaps = [...(await stored.conversation(key))!.gaps];
    for (let beforeSeq = lastSeq + 1n; ; ) {
      const { messages, more, isMissing } = await stored.messages(key, { beforeSeq, limit: 3 });
      all.push(...messages);
      if (!more) break;
      if (isMissing) beforeSeq = gaps.pop()!.firstSeq;
      else beforeSeq = messages[messages.length - 1].seq;
    }
    return new Map(all.reverse().map((message) => [message.seq, message]));
  }

  /** Runs one operation of the storage. Returns false if there is none. */
  step(nowMs: number): boolean {
    const task = this.sync.task(nowMs);
    if (task === undefined) return false;
    this.sync.done(this.disk.perform(task), nowMs);
    this.take();
    return true;
  }

  push(push: PushInit, nowMs: number): void {
    this.sync.push(push, nowMs);
    this.take();
  }

  sent(request: SendInfoInit, result: Parameters<typeof sentPush>[1], nowMs: number): void {
    const push = sentPush(request, result);
    if (push !== undefined) this.push(push, nowMs);
  }

  take(): void {
    for (const event of this.sync.events()) this.#take(event);
  }

  #take(event: SyncEvent): void {
    switch (event.type) {
      case 'request':
        this.stats[event.kind] += 1;
        this.requests.push(event as unknown as PendingRequest);
        break;
      case 'changes':
        for (const change of event.changes) this.#draw(change);
        break;
      case 'notice':
        this.notices.push(event.error.message);
        break;
    }
  }

  #draw(change: SyncChange): void {
    switch (change.type) {
      case 'message': {
        const { message } = change;
        if (message.key === undefined) {
          if (this.loose.has(message.messageId)) throw new Error(`${this.name}: system message ${message.messageId} twice`);
          this.loose.set(message.messageId, message);
          break;
        }
        const last = this.#lastReported.get(message.key) ?? 0n;
        if (message.seq <= last) throw new Error(`${this.name}: ${message.key} reports ${message.seq} after ${last}`);
        this.#lastReported.set(message.key, message.seq);
        this.#add(message.key, message);
        break;
      }
      case 'history':
        for (const message of change.messages) this.#add(change.key, message);
        break;
      case 'changed': {
        const { message } = change;
        const of = this.#of(message.key!);
        // After a reset the application would have drawn again what is kept below first_seq.
        if (!of.has(message.seq) && this.stats.reset > 0) break;
        if (!of.has(message.seq)) throw new Error(`${this.name}: ${message.key} ${message.seq} changes before it is reported`);
        of.set(message.seq, message);
        break;
      }
      case 'deleted': {
        const of = this.#of(change.key);
        for (const [seq, { messageId }] of of) if (seq <= change.upToSeq || change.messageIds.includes(messageId)) of.delete(seq);
        break;
      }
      case 'conversation':
        if (change.conversation.gaps.length > 0) this.stats.gaps += 1;
        break;
      case 'reset':
        this.stats.reset += 1;
        for (const of of this.shown.values()) of.clear();
        this.#lastReported.clear();
    }
  }

  #of(key: string): Map<bigint, SyncMessage> {
    const of = this.shown.get(key) ?? new Map<bigint, SyncMessage>();
    this.shown.set(key, of);
    return of;
  }

  #add(key: string, message: SyncMessage): void {
    const of = this.#of(key);
    if (of.has(message.seq)) throw new Error(`${this.name}: ${key} ${message.seq} is reported twice`);
    of.set(message.seq, message);
  }

  static isSend(cmd: number): boolean {
    return cmd === Command.PRIVATE_MESSAGE || cmd === Command.GROUP_MESSAGE;
  }
}
