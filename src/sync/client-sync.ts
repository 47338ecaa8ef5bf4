import {
  Command,
  type HistoryPage,
  type Push,
  type PushInit,
  SendCode,
  type SendInfo,
  type SendInfoInit,
  type SyncPage,
} from '../../generated/models.js';
import { settle } from '../callbacks.js';
import type { SyncLink, SyncPart } from '../connection/sync-link.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import { ChangeStream } from './change-stream.js';
import { ConversationSync, type ConversationSyncOptions } from './conversation-sync.js';
import type { StorageResult, StorageTask } from './draft.js';
import { MemoryStorage } from './memory-storage.js';
import { sentPush } from './sent-push.js';
import type { SyncStorage } from './storage.js';
import { type MessagesQuery, StoredConversations } from './stored-conversations.js';
import type { LoadResult, SyncEvent, SyncRequestEvent } from './sync-event.js';
import type { SyncChange, SyncConversation, SyncMessage, SyncState, SyncStatus } from './types.js';

/** Options of ClientSync. All optional. */
export interface ClientSyncOptions extends Omit<ConversationSyncOptions, 'userId'> {
  /** Where conversations are kept. Default: in memory. */
  readonly storage?: SyncStorage | undefined;
  /** Called with changes in order, after they were stored. */
  readonly onChange?: ((changes: readonly SyncChange[]) => unknown) | undefined;
  /** Called when the status has changed. */
  readonly onStatus?: ((status: SyncStatus) => unknown) | undefined;
}

/** What `loadHistory` loads. */
export interface LoadHistoryOptions {
  /** Maximum number of messages: 1 to 1000. Default 50. */
  readonly limit?: number | undefined;
  /** Only gaps that begin before this seq. Default: the newest gap. */
  readonly beforeSeq?: bigint | undefined;
}

/** A `loadHistory` that waits. */
interface Load {
  resolve(result: LoadResult): void;
  reject(error: ProtocolError): void;
}

const TAKEN: ReadonlySet<number> = new Set([
  Command.PRIVATE_MESSAGE,
  Command.GROUP_MESSAGE,
  Command.SYSTEM_MESSAGE,
  Command.READ,
  Command.CONVERSATION,
  Command.RECEIPTS,
  Command.DELETE_FOR_ME,
]);
const COMMANDS = { sync: Command.SYNC, history: Command.HISTORY, state: Command.CONVERSATION } as const;
const DEFAULT_LOAD = 50;
const MAX_LOAD = 1000;

/**
 * The conversations of a client: kept in a storage, synchronized after each login, and there to be drawn before the first.
 * Pass it to `connect` as option `sync`. One ClientSync belongs to one client.
 */
export class ClientSync implements SyncPart, AsyncIterable<SyncChange> {
  readonly #options: ClientSyncOptions;
  readonly #storage: SyncStorage;
  readonly #stored: StoredConversations;
  readonly #streams = new Set<ChangeStream>();
  #core: ConversationSync | undefined;
  #status: SyncStatus = { state: 'offline', error: undefined };
  #link: SyncLink | undefined;
  #timer: unknown;
  #isWorking = false;
  #isTaking = false;
  #tickets = new Map<number, (isStored: boolean) => void>();
  #loads = new Map<number, Load>();

  constructor(options: ClientSyncOptions = {}) {
    this.#options = options;
    this.#storage = options.storage ?? new MemoryStorage();
    this.#stored = new StoredConversations(this.#storage);
    this.#storage.onForeignWrite = () => {
      if (this.#core === undefined) this.#deliver([{ type: 'reload' }]);
      else this.#after(() => this.#core?.invalidate());
    };
  }

  /** Where synchronization stands. */
  get status(): SyncStatus {
    return this.#status;
  }

  /**
   * All conversations of the user as they are stored, also without a connection: pinned ones first, then by their last message, newest
   * first. Hidden ones are included: see `isHidden`.
   */
  conversations(): Promise<SyncConversation[]> {
    return this.#stored.conversations();
  }

  /** One conversation; undefined if it is not stored. */
  conversation(key: string): Promise<SyncConversation | undefined> {
    return this.#stored.conversation(key);
  }

  /**
   * Messages of a conversation as they are stored, newest first, without connection. The page ends at a gap: then call `loadHistory`, and
   * ask for the next page.
   */
  messages(key: string, query: MessagesQuery = {}): Promise<{ messages: SyncMessage[]; more: boolean; isMissing: boolean }> {
    return this.#stored.messages(key, query);
  }

  /** System messages that belong to no conversation, newest first. @param beforeId only those with a lower message_id. */
  systemMessages({ limit = DEFAULT_LOAD, beforeId }: { limit?: number; beforeId?: bigint } = {}): Promise<SyncMessage[]> {
    return this.#stored.systemMessages(limit, beforeId);
  }

  /**
   * Loads the newest messages that the device lacks. They are reported as a change `history`, and are in `messages` when the promise resolves.
   * @throws ProtocolError CLOSED without a connection, RATE_LIMITED if too many loads wait, or the error of the server.
   * @throws RangeError for a limit out of range.
   */
  loadHistory(key: string, { limit = DEFAULT_LOAD, beforeSeq = 0n }: LoadHistoryOptions = {}): Promise<LoadResult> {
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LOAD))
      throw new RangeError(`limit: expected 1 to ${MAX_LOAD}, got ${limit}`);
    return new Promise((resolve, reject) => {
      const { core, link } = this.#active();
      if (core === undefined || link === undefined) return reject(new ProtocolError('CLOSED', 'no connection for HISTORY'));
      this.#after(() => this.#loads.set(core.loadHistory(key, limit, beforeSeq, link.nowMs()), { resolve, reject }));
    });
  }

  /**
   * Iterates over the changes from now on. While 4096 changes wait, the next ones become a single change `reload`. The iteration ends with the
   * client.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<SyncChange> {
    const stream = new ChangeStream(() => this.#streams.delete(stream));
    this.#streams.add(stream);
    if (this.#status.state === 'closed') stream.end();
    return stream;
  }

  /** @internal */
  attach(link: SyncLink): void {
    if (this.#link !== undefined) throw new TypeError('this ClientSync belongs to another client');
    this.#link = link;
  }

  /** @internal */
  loggedIn(userId: bigint, { version, features, maxFrameBytes }: Agreement): void {
    const link = this.#link as SyncLink;
    this.#core ??= new ConversationSync({ ...this.#options, userId });
    const core = this.#core;
    this.#after(() => {
      // A connection that replaces a draining one.
      if (core.status.state !== 'offline') core.disconnected();
      if (version >= 2 && features.includes('sync')) core.connected(maxFrameBytes, link.nowMs());
      else core.disconnected('unsupported');
    });
  }

  /** @internal */
  receive(message: SendInfo, stored: (isStored: boolean) => void): boolean {
    const { core, link } = this.#active();
    if (core === undefined || link === undefined || !TAKEN.has(message.cmd)) return false;
    this.#after(() => this.#tickets.set(core.push(message as PushInit, link.nowMs()), stored));
    return true;
  }

  /** @internal */
  replied(request: SendInfoInit, { cmd, data }: SendInfo): void {
    const { core, link } = this.#active();
    if (core === undefined || link === undefined) return;
    const isSent = data?.$case === 'sendResult' && data.value.code === SendCode.SUCCESS;
    const push = isSent ? sentPush(request, data.value) : TAKEN.has(cmd) ? ({ cmd, data } as PushInit) : undefined;
    if (push !== undefined) this.#after(() => void core.push(push, link.nowMs()));
  }

  /** @internal */
  lost(): void {
    this.#after(() => this.#core?.disconnected());
  }

  /** @internal */
  ended(error: ProtocolError | undefined): void {
    this.#after(() => this.#core?.disconnected('closed', error));
    this.#setStatus({ state: 'closed', error });
    for (const stream of [...this.#streams]) stream.end();
  }

  /** The parts, while the connection synchronizes. */
  #active(): { readonly core?: ConversationSync | undefined; readonly link?: SyncLink | undefined } {
    const state: SyncState | undefined = this.#core?.status.state;
    if (state !== 'syncing' && state !== 'synced') return {};
    return { core: this.#core, link: this.#link };
  }

  /** Runs a call of the core, and does what follows from it. */
  #after(call: () => void): void {
    call();
    this.#settle();
  }

  #settle(): void {
    const { core, link } = { core: this.#core, link: this.#link };
    if (core === undefined || link === undefined) return;
    this.#takeAll(core);
    this.#arm(core, link);
    if (!this.#isWorking && core.task(link.nowMs()) !== undefined) void this.#work(core, link);
  }

  /** Takes the events in order, also those that come while one is taken. */
  #takeAll(core: ConversationSync): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    for (let events = core.events(); events.length > 0; events = core.events()) for (const event of events) this.#take(event);
    this.#isTaking = false;
  }

  #arm(core: ConversationSync, link: SyncLink): void {
    if (this.#timer !== undefined) link.clearTimer(this.#timer);
    this.#timer = undefined;
    const delayMs = core.deadlineMs - link.nowMs();
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#timer = link.setTimer(
      () => {
        this.#timer = undefined;
        this.#after(() => core.tick(link.nowMs()));
      },
      Math.max(0, Math.min(Math.ceil(delayMs), 0x7fff_ffff)),
    );
  }

  /** Runs the tasks on the storage, one after the other. */
  async #work(core: ConversationSync, link: SyncLink): Promise<void> {
    this.#isWorking = true;
    for (let task = core.task(link.nowMs()); task !== undefined; task = core.task(link.nowMs())) {
      try {
        const result = await this.#perform(task);
        core.done(result, link.nowMs());
      } catch (error) {
        core.broken(error);
      }
      this.#takeAll(core);
    }
    this.#isWorking = false;
    this.#settle();
  }

  #perform(task: StorageTask): Promise<StorageResult> {
    switch (task.type) {
      case 'revision':
        return this.#storage.revision();
      case 'get':
        return this.#storage.get(task.keys);
      case 'list':
        return this.#storage.list(task.query);
      case 'write':
        return this.#storage.write(task.batch);
    }
  }

  #take(event: SyncEvent): void {
    switch (event.type) {
      case 'request':
        this.#send(event);
        break;
      case 'changes':
        this.#deliver(event.changes);
        break;
      case 'stored': {
        const stored = this.#tickets.get(event.ticket);
        this.#tickets.delete(event.ticket);
        stored?.(event.isStored);
        break;
      }
      case 'loaded':
        this.#takeLoad(event.load)?.resolve(event.result);
        break;
      case 'loadFailed':
        this.#takeLoad(event.load)?.reject(event.error);
        break;
      case 'notice':
        this.#link?.notice(event.error);
        break;
      case 'status':
        this.#setStatus(event.status);
    }
  }

  #takeLoad(load: number): Load | undefined {
    const promise = this.#loads.get(load);
    this.#loads.delete(load);
    return promise;
  }

  #send({ id, kind, data }: SyncRequestEvent): void {
    const { core, link } = { core: this.#core as ConversationSync, link: this.#link as SyncLink };
    settle(
      () => link.request(COMMANDS[kind], data),
      (value) => {
        const page = kind === 'state' ? { cmd: Command.CONVERSATION, data: { $case: 'conversation', value } } : value;
        this.#after(() => core.reply(id, page as SyncPage | HistoryPage | Push, link.nowMs()));
      },
      (thrown) => {
        const error = isProtocolError(thrown) ? thrown : new ProtocolError('INTERNAL', 'the request failed', { cause: thrown });
        this.#after(() => core.fail(id, error, error.retryAfterMs ?? 0, link.nowMs()));
      },
    );
  }

  #deliver(changes: readonly SyncChange[]): void {
    for (const stream of this.#streams) for (const change of changes) stream.add(change);
    const { onChange } = this.#options;
    if (onChange !== undefined) this.#link?.call('sync.onChange', () => onChange(changes));
  }

  #setStatus(status: SyncStatus): void {
    if (this.#status.state === 'closed' || status === this.#status) return;
    this.#status = status;
    const { onStatus } = this.#options;
    if (onStatus !== undefined) this.#link?.call('sync.onStatus', () => onStatus(status));
  }
}
