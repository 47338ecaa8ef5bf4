// A device with a server that answers as a test says.
import { Command, type PushInit, SyncPage, type SyncPageInit } from '../../../src/index.js';
import { ConversationSync, type SyncChange, type SyncEvent } from '../../../src/sync/index.js';
import { Disk } from './device.js';

const user = 1n;

/** A text in a group. */
export function text(seq: bigint, messageId = seq, groupId = 7n): PushInit {
  const content = { messageId, seq, sentAtMs: 1n, body: { $case: 'text', value: { text: 'a' } } } as const;
  const value = { sender: { userId: 2n, terminal: 1 }, groupId, content };
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value } };
}

export class World {
  readonly sync = new ConversationSync({ userId: user });
  readonly disk = new Disk();
  readonly events: SyncEvent[] = [];
  nowMs = 0;

  constructor() {
    this.sync.connected(1_048_576, 0);
    this.run();
  }

  run(): void {
    for (let task = this.sync.task(this.nowMs); task !== undefined; task = this.sync.task(this.nowMs)) {
      this.sync.done(this.disk.perform(task), this.nowMs);
    }
    this.events.push(...this.sync.events());
  }

  requests(kind: string) {
    return this.events.flatMap((event) => (event.type === 'request' && event.kind === kind ? [event] : []));
  }

  /** Answers the last SYNC. */
  page(page: SyncPageInit): void {
    const { id } = this.requests('sync').at(-1)!;
    this.sync.reply(id, SyncPage.create({ cursor: Uint8Array.of(1), ...page }), this.nowMs);
    this.run();
  }

  push(...pushes: PushInit[]): void {
    for (const push of pushes) this.sync.push(push, this.nowMs);
    this.run();
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.sync.tick(this.nowMs);
    this.run();
  }

  get changes(): SyncChange[] {
    return this.events.flatMap((event) => (event.type === 'changes' ? event.changes : []));
  }

  get seqs(): bigint[] {
    return this.changes.flatMap((change) => (change.type === 'message' ? [change.message.seq] : []));
  }

  get notices(): string[] {
    return this.events.flatMap((event) => (event.type === 'notice' ? [event.error.message] : []));
  }
}
