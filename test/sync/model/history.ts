// A random history: users, devices and a platform, with a transport that loses, repeats and reorders; then everything is compared.
import { isDeepStrictEqual } from 'node:util';
import { ProtocolError } from '../../../src/errors.js';
import type { ContentInit, PushInit } from '../../../src/index.js';
import type { SyncMessage } from '../../../src/sync/index.js';
import { StoredConversations } from '../../../src/sync/stored-conversations.js';
import { Device } from './device.js';
import { type Conversation, PlatformModel, type Stored } from './platform.js';
import { Random } from './random.js';

const USERS = [1n, 2n, 3n];
const GAP_DELAY_MS = 1000;

export interface HistoryStats {
  history: number;
  sync: number;
  state: number;
  reset: number;
  gaps: number;
  crashes: number;
}

export class History {
  readonly #random: Random;
  readonly platform: PlatformModel;
  readonly devices: Device[];
  nowMs = 0;
  crashes = 0;

  constructor(seed: number) {
    const random = new Random(seed);
    this.#random = random;
    this.platform = new PlatformModel(USERS, (userId, push, except) => this.#route(userId, push, except));
    this.platform.isFromStart = random.chance(0.5);
    const options = () => ({
      perConversation: random.pick([0, 2, 3, 5, 20]),
      limit: random.pick([0, 1, 3, 7, 30]),
      heldPushes: random.pick([1, 3, 4096]),
    });
    this.devices = [
      new Device('1a', 1n, random.pick([16_384, 65_536]), options()),
      new Device('1b', 1n, 65_536, options()),
      new Device('2a', 2n, 16_384, options()),
    ];
    this.platform.create(PlatformModel.group(7n), USERS);
    this.platform.create(PlatformModel.pair(1n, 2n), [1n, 2n]);
    if (random.chance(0.5)) this.platform.create(PlatformModel.pair(1n, 1n), [1n]);
    for (const device of this.devices) if (random.chance(0.7)) device.connect(0);
  }

  /** "Several servers": each device has its own connection, which loses, repeats and reorders by itself. */
  #route(userId: bigint, push: PushInit, except: string | undefined): void {
    for (const device of this.devices) {
      if (device.userId !== userId || !device.isConnected || device.name === except) continue;
      if (this.isLossy && this.#random.chance(0.15)) continue;
      device.pushes.push(PlatformModel.decoded(push));
      if (this.isLossy && this.#random.chance(0.1)) device.pushes.push(PlatformModel.decoded(push));
    }
  }

  isLossy = true;

  async run(steps: number): Promise<HistoryStats> {
    for (let i = 0; i < steps; i++) await this.#step();
    await this.#settle();
    await this.#compare();
    const stats = { history: 0, sync: 0, state: 0, reset: 0, gaps: 0, crashes: this.crashes };
    for (const device of this.devices)
      for (const name of Object.keys(device.stats) as (keyof Device['stats'])[]) stats[name] += device.stats[name];
    return stats;
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const device = random.pick(this.devices);
    const dice = random.next();
    this.nowMs += random.below(300);
    if (dice < 0.3) this.#act();
    else if (dice < 0.5) this.#deliver(device);
    else if (dice < 0.62) this.#answer(device);
    else if (dice < 0.72) device.replies.splice(random.below(device.replies.length), 1)[0]?.();
    else if (dice < 0.9) for (let n = random.below(20); n > 0 && device.step(this.nowMs); n--);
    else if (!device.isConnected) device.connect(this.nowMs);
    else if (dice < 0.92) device.disconnect();
    else if (dice < 0.935) {
      this.crashes += 1;
      // Between any two operations of the storage.
      for (let n = random.below(6); n > 0 && device.step(this.nowMs); n--);
      await device.crash();
    } else if (dice < 0.95) this.#load(device);
    else if (dice < 0.955) this.platform.epoch += 1;
    else if (dice < 0.97) this.#overtakePage(device);
    else if (dice < 0.975) this.#overtakeList(device);
    else {
      device.sync.tick(this.nowMs);
      device.take();
    }
  }

  /** Somebody does something. */
  #act(): void {
    const random = this.#random;
    const { platform } = this;
    const conversation = random.pick(platform.conversations);
    const users = [...conversation.members.keys()];
    const sender = random.pick(users);
    const targets = conversation.log.filter(({ data, recalled }) => {
      const kind = data.value.content?.body?.$case;
      return kind === 'text' || kind === 'stream' || recalled;
    });
    const target = targets.length > 0 ? random.pick(targets.slice(-8)) : undefined;
    const dice = random.next();
    if (dice < 0.4 || target === undefined) this.#send(conversation, sender, target);
    else if (dice < 0.46) this.#sendFrom(random.pick(this.devices), conversation);
    else if (dice < 0.54) platform.edit(conversation, target, `edit ${random.below(1000)}`);
    else if (dice < 0.66) platform.react(conversation, target, sender, random.pick(['+', '-']), random.chance(0.3));
    else if (dice < 0.73) platform.recall(conversation, target);
    else if (dice < 0.85)
      platform.read(sender, { conversation: conversation.ref, upToSeq: BigInt(random.below(conversation.log.length + 2)) + 1n });
    else if (dice < 0.9) this.#delete(conversation, sender, target);
    else if (dice < 0.92) platform.clear(conversation, sender);
    else if (dice < 0.94) platform.system(sender);
    else if (dice < 0.95) platform.transient(conversation, sender);
    else if (dice < 0.97) this.#mute(conversation, sender);
    else platform.stream(conversation, target, 'x'.repeat(random.below(50)), random.chance(0.4));
  }

  #send(conversation: Conversation, sender: bigint, target: Stored | undefined): void {
    const random = this.#random;
    const isStream = random.chance(0.1);
    const length = random.chance(0.1) ? 6000 : random.below(20);
    const body: ContentInit['body'] = isStream
      ? { $case: 'stream', value: { text: '', state: 1, index: 0 } }
      : { $case: 'text', value: { text: `${random.below(1000)}`.padEnd(length, 'x') } };
    const quote =
      target !== undefined && target.visibleTo === undefined && random.chance(0.2)
        ? { messageId: target.messageId, senderId: 1n }
        : undefined;
    const isGroup = conversation.members.size > 2;
    const all = [...conversation.members.keys()];
    const visibleTo = isGroup && random.chance(0.1) ? new Set([sender, random.pick(all)]) : undefined;
    const mentions = isGroup && random.chance(0.2) ? [random.pick(all)] : [];
    const fallback = isStream ? 'a stream' : '';
    this.platform.send(
      conversation,
      sender,
      { body, fallback, quote },
      visibleTo === undefined ? { mentions } : { visibleTo, mentions },
    );
  }

  /** A device sends: the reply may be lost with its connection. */
  #sendFrom(device: Device, conversation: Conversation): void {
    if (!device.isConnected || !conversation.members.has(device.userId)) return;
    const { platform } = this;
    const body = { $case: 'text', value: { text: 'mine' } } as const;
    const stored = platform.send(conversation, device.userId, { body }, { from: device.name });
    const sent = { cmd: stored.cmd, data: stored.data } as const;
    device.replies.push(() => device.sent(sent, platform.sendResult(conversation, stored), this.nowMs));
  }

  #delete(conversation: Conversation, userId: bigint, target: Stored): void {
    const { messageId } = target;
    const upToSeq = this.#random.chance(0.2) ? BigInt(this.#random.below(conversation.log.length)) : 0n;
    this.platform.deleteForMe(userId, { conversation: conversation.ref, messageIds: upToSeq > 0n ? [] : [messageId], upToSeq });
  }

  #mute(conversation: Conversation, userId: bigint): void {
    const present = this.platform.state(conversation, userId);
    this.platform.update(userId, {
      ...present,
      mutedUntilMs: BigInt(this.#random.below(1000)),
      hidden: this.#random.chance(0.3),
    });
  }

  #deliver(device: Device): void {
    const random = this.#random;
    for (let n = random.below(4); n >= 0 && device.pushes.length > 0; n--) {
      const i = random.chance(0.7) ? 0 : random.below(device.pushes.length);
      device.push(device.pushes.splice(i, 1)[0], this.nowMs);
    }
  }

  #answer(device: Device): void {
    const random = this.#random;
    if (device.requests.length === 0) return;
    const [request] = device.requests.splice(random.below(device.requests.length), 1);
    const { id, kind, data } = request;
    if (this.isLossy && random.chance(0.08)) {
      const error = new ProtocolError('RATE_LIMITED', 'slow down');
      device.replies.push(() => {
        device.sync.fail(id, error, random.below(3000), this.nowMs);
        device.take();
      });
      return;
    }
    const { platform } = this;
    let page: Parameters<Device['sync']['reply']>[1];
    if (kind === 'sync') {
      const answer = platform.sync(device.userId, data, device.maxFrameBytes, device.given);
      device.given = answer.page.more ? answer.given : undefined;
      page = answer.page;
    } else if (kind === 'history') page = platform.history(device.userId, data, device.maxFrameBytes);
    else {
      const value = platform.update(device.userId, data, device.name);
      page = PlatformModel.decoded({ cmd: 13, data: { $case: 'conversation', value } });
    }
    device.replies.push(() => {
      device.sync.reply(id, page, this.nowMs);
      device.take();
    });
  }

  #load(device: Device): void {
    const conversation = this.#random.pick(this.platform.conversations);
    if (!conversation.members.has(device.userId)) return;
    device.sync.loadHistory(conversation.key, 1 + this.#random.below(5), 0n, this.nowMs);
    device.take();
  }

  /** A page of a gap is under way while its messages change: the pushes of the changes are faster. */
  #overtakePage(device: Device): void {
    const random = this.#random;
    this.#drain(device);
    const { platform } = this;
    const conversation = random.pick(platform.conversations.filter(({ members }) => members.has(device.userId)));
    device.disconnect();
    const first = conversation.log.length;
    for (let i = 0; i < 10; i++) this.#send(conversation, random.pick([...conversation.members.keys()]), conversation.log.at(-1));
    device.connect(this.nowMs);
    this.#drain(device);
    device.sync.loadHistory(conversation.key, 1 + random.below(8), 0n, this.nowMs);
    device.take();
    while (device.step(this.nowMs));
    this.#answer(device);
    for (const target of conversation.log.slice(first)) {
      if (platform.isVisible(conversation, target, device.userId) && random.chance(0.6))
        this.#change(conversation, random.chance(0.5) ? device.userId : random.pick([...conversation.members.keys()]), target);
    }
    while (device.pushes.length > 0) this.#deliver(device);
    while (device.step(this.nowMs));
  }

  /** A device gets the whole list, which lacks a message that the user has deleted; its push is late, and that of the deletion is lost. */
  #overtakeList(device: Device): void {
    const random = this.#random;
    const { platform } = this;
    this.#drain(device);
    platform.epoch += 1;
    device.disconnect();
    device.connect(this.nowMs);
    while (device.requests.length === 0 && device.step(this.nowMs));
    const conversation = random.pick(platform.conversations.filter(({ members }) => members.has(device.userId)));
    const body = { $case: 'text', value: { text: 'late' } } as const;
    const { messageId } = platform.send(conversation, device.userId, { body });
    const late = [...device.pushes];
    platform.deleteForMe(device.userId, { conversation: conversation.ref, messageIds: [messageId] });
    device.pushes = [];
    this.#drain(device);
    device.pushes = late;
  }

  /** Edits, recalls, deletes or adds a reaction. */
  #change(conversation: Conversation, userId: bigint, target: Stored): void {
    const random = this.#random;
    const dice = random.next();
    if (dice < 0.25) this.platform.edit(conversation, target, `edit ${random.below(1000)}`);
    else if (dice < 0.5) this.platform.react(conversation, target, userId, random.pick(['+', '-']), random.chance(0.3));
    else if (dice < 0.75) this.platform.recall(conversation, target);
    else this.#delete(conversation, userId, target);
  }

  /** Everything that is under way arrives. */
  #drain(device: Device): void {
    for (let i = 0; i < 20_000; i++) {
      if (device.step(this.nowMs)) continue;
      if (device.requests.length > 0) this.#answer(device);
      else if (device.replies.length > 0) device.replies.shift()?.();
      else if (device.pushes.length > 0) this.#deliver(device);
      else if (device.sync.deadlineMs < Number.POSITIVE_INFINITY) {
        this.nowMs = Math.max(this.nowMs, device.sync.deadlineMs);
        device.sync.tick(this.nowMs);
        device.take();
      } else return;
    }
    throw new Error(`${device.name} does not come to rest`);
  }

  async #settle(): Promise<void> {
    // First without another SYNC: what was lost in the middle comes by HISTORY.
    this.isLossy = false;
    for (const device of this.devices) this.#drain(device);
    for (const device of this.devices) {
      if (device.isConnected) device.disconnect();
      device.connect(this.nowMs);
      this.#drain(device);
      if (device.sync.status.state !== 'synced')
        throw new Error(`${device.name}: ${device.sync.status.state} ${device.notices.at(-1)}`);
      this.#compareCounts(device, await new StoredConversations(device.disk.storage).conversations());
      await this.#loadAll(device);
    }
    this.nowMs += GAP_DELAY_MS;
  }

  /** Scrolls up to the beginning of each conversation. */
  async #loadAll(device: Device): Promise<void> {
    for (let i = 0; ; i++) {
      const all = await new StoredConversations(device.disk.storage).conversations();
      const gap = all.find(({ gaps }) => gaps.length > 0);
      if (gap === undefined) return;
      if (i > 500) throw new Error(`${device.name}: the gaps of ${gap.key} stay`);
      device.sync.loadHistory(gap.key, 50, 0n, this.nowMs);
      device.take();
      this.#drain(device);
    }
  }

  #compareCounts(device: Device, all: Awaited<ReturnType<StoredConversations['conversations']>>): void {
    for (const conversation of this.platform.conversations) {
      const { members, key } = conversation;
      if (!members.has(device.userId)) continue;
      const expected = this.platform.state(conversation, device.userId);
      const found = all.find((one) => one.key === key);
      // Without a maximum, SYNC leaves nothing out, and HISTORY fills each hole.
      if (device.perConversation === 0 && found !== undefined) {
        const lost = this.#expected(conversation, device.userId).filter(({ seq }) =>
          found.gaps.some(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq),
        );
        this.#same(device, `${key} in gaps`, lost, []);
      }
      const peer = [...members].find(([id]) => id !== device.userId);
      const isPrivate = members.size === 2;
      this.#same(
        device,
        `${key} counts`,
        found && {
          unreadCount: found.unreadCount,
          unreadMentions: found.unreadMentions,
          firstMentionSeq: found.firstMentionSeq,
          readSeq: found.readSeq,
          isWithin: found.lastSeq <= expected.lastSeq,
          peerReadSeq: found.peerReadSeq,
          revision: found.state.revision,
          firstSeq: found.state.firstSeq,
          mutedUntilMs: found.state.mutedUntilMs,
          hidden: found.state.hidden,
          isCountExact: found.isCountExact,
        },
        {
          unreadCount: expected.unreadCount,
          unreadMentions: expected.unreadMentions,
          firstMentionSeq: expected.firstMentionSeq,
          readSeq: expected.readSeq,
          isWithin: true,
          peerReadSeq: isPrivate ? peer![1].state.readSeq : 0n,
          revision: expected.revision,
          firstSeq: expected.firstSeq,
          mutedUntilMs: expected.mutedUntilMs,
          hidden: expected.hidden,
          isCountExact: true,
        },
      );
    }
  }

  async #compare(): Promise<void> {
    for (const device of this.devices) {
      const stored = new StoredConversations(device.disk.storage);
      this.#compareCounts(device, await stored.conversations());
      const drawn = new Map([...device.shown].map(([key, of]) => [key, this.#rows(of)]));
      const drawnLoose = [...device.loose.keys()].sort();
      await device.redraw();
      for (const conversation of this.platform.conversations) {
        if (!conversation.members.has(device.userId)) continue;
        const { key } = conversation;
        const { firstSeq } = conversation.members.get(device.userId)!.state;
        const expected = this.#expected(conversation, device.userId);
        const kept = this.#rows(device.shown.get(key) ?? new Map());
        const isThere = ({ seq }: Row): boolean => seq >= firstSeq;
        this.#same(device, `${key} stored`, kept.filter(isThere), expected);
        this.#same(device, `${key} drawn`, (drawn.get(key) ?? []).filter(isThere), expected);
        this.#nothingDeleted(device, conversation, kept);
      }
      const storedLoose = [...device.loose.keys()].sort();
      this.#same(device, 'system messages drawn', drawnLoose, storedLoose);
      if (this.platform.isFromStart) {
        this.#same(device, 'system messages', storedLoose, [...this.platform.loose.get(device.userId)!].sort());
      }
    }
  }

  /** "What lies below first_seq stays on the device unless DELETE_FOR_ME named it." */
  #nothingDeleted(device: Device, conversation: Conversation, kept: readonly Row[]): void {
    const { deleted, deletedUpTo, state } = conversation.members.get(device.userId)!;
    for (const { seq, messageId } of kept) {
      // After a reset nobody tells what was deleted below first_seq before it.
      if (device.stats.reset > 0 && seq < state.firstSeq) continue;
      if (deleted.has(messageId) || seq <= deletedUpTo) throw new Error(`${device.name}: ${conversation.key} ${seq} was deleted`);
    }
  }

  #expected(conversation: Conversation, userId: bigint): Row[] {
    const rows: Row[] = [];
    for (const stored of conversation.log) {
      const content = stored.data.value.content!;
      const kind = content.body?.$case;
      if (kind === 'edit' || kind === 'reaction' || (kind === 'recall' && !stored.recalled)) continue;
      if (!this.platform.isVisible(conversation, stored, userId)) continue;
      rows.push(this.#row(conversation, stored));
    }
    return rows;
  }

  #row(conversation: Conversation, { messageId, data, recalled }: Stored): Row {
    const content = data.value.content!;
    let text = textOf(content.body);
    const reactions = new Map<string, number>();
    if (!recalled) {
      for (const { data: other } of conversation.log) {
        const body = other.value.content?.body;
        if (body?.$case === 'edit' && body.value.messageId === messageId) text = textOf(body.value.content?.body);
        if (body?.$case === 'reaction' && body.value.messageId === messageId)
          reactions.set(body.value.key!, body.value.count ?? 0);
      }
    }
    const quote = content.quote === undefined ? '' : `${content.quote.preview}${content.quote.recalled === true}`;
    const counts = [...reactions].filter(([, count]) => count > 0).sort();
    return { seq: content.seq!, messageId, text, recalled, reactions: counts, quote };
  }

  #rows(messages: ReadonlyMap<bigint, SyncMessage>): Row[] {
    return [...messages.values()]
      .sort((a, b) => (a.seq < b.seq ? -1 : 1))
      .map(({ seq, messageId, content, recall, reactions }) => ({
        seq,
        messageId,
        text: textOf(content.body),
        recalled: recall !== undefined,
        reactions: reactions.map(({ key, count }): [string, number] => [key, count]).sort(),
        quote: content.quote === undefined ? '' : `${content.quote.preview}${content.quote.recalled}`,
      }));
  }

  #same(device: Device, what: string, actual: unknown, expected: unknown): void {
    if (isDeepStrictEqual(actual, expected)) return;
    const shown = (value: unknown): string =>
      JSON.stringify(value, (_, item) =>
        typeof item === 'bigint' ? Number(item) : typeof item === 'string' && item.length > 30 ? `${item.slice(0, 12)}~` : item,
      );
    throw new Error(`${device.name}: ${what}\n  device   ${shown(actual)}\n  platform ${shown(expected)}`);
  }
}

interface Row {
  readonly seq: bigint;
  readonly messageId: bigint;
  readonly text: string;
  readonly recalled: boolean;
  readonly reactions: readonly (readonly [string, number])[];
  readonly quote: string;
}

function textOf(body: ContentInit['body']): string {
  if (body?.$case === 'text') return body.value.text ?? '';
  return body?.$case === 'stream' ? `${body.value.text}|${body.value.state}` : '';
}

/** Plays a history. A failure names the seed and the smallest number of steps that fails. */
export async function play(seed: number, steps: number): Promise<HistoryStats> {
  try {
    return await new History(seed).run(steps);
  } catch (error) {
    let [least, cause] = [steps, error];
    for (let n = 1; n < steps; n += 1) {
      try {
        await new History(seed).run(n);
      } catch (smaller) {
        [least, cause] = [n, smaller];
        break;
      }
    }
    throw new Error(`seed ${seed}, ${least} steps: ${(cause as Error).message}`, { cause });
  }
}
