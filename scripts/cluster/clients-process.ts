// The process of the clients: users with two tabs each, that write to each other and keep what they get by SYNC.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, isProtocolError } from '@im/protocol';
import { type Client, connect } from '@im/protocol/node';
import { ClientSync } from '@im/protocol/sync';
import { Calls } from '../../examples/chat/process/calls.js';

/** Tabs that log in at the same time. */
const LOGINS = 100;
/** Messages whose reply a client awaits, of all clients. */
const REQUESTS = 200;
const RETRY_MS = 500;
const RECONNECT = { baseMs: 100, maxMs: 3000 };
const DEVICES = ['a', 'b'];

/** A tab, and how often it has seen each message. */
class Tab {
  readonly seen = new Map<string, number>();
  #client!: Client;
  #synced: Promise<void> = Promise.resolve();
  #since = 0;
  /** Logins, reconnects included. */
  logins = 0;

  constructor(
    readonly userId: number,
    readonly deviceId: string,
  ) {}

  /** Logs in, and catches up. */
  async open(url: string): Promise<void> {
    for (;;) {
      try {
        await this.#open(url);
        break;
      } catch (error) {
        // The balancer may not know yet that a server is gone.
        if (!isProtocolError(error) || !error.properties?.reconnect) throw error;
        await sleep(RETRY_MS);
      }
    }
    await this.#synced;
    this.#since = started;
  }

  /** Whether the tab must have a message: it was sent after the tab had caught up. */
  mustHave(order: number): boolean {
    return order >= this.#since;
  }

  async #open(url: string): Promise<void> {
    let done = (): void => {};
    this.#synced = new Promise((resolve) => {
      done = resolve;
    });
    this.#client = await connect(url, {
      login: { accessToken: String(this.userId), deviceId: this.deviceId },
      sync: new ClientSync({
        gapDelayMs: 500,
        onStatus: ({ state }) => state === 'synced' && done(),
        onChange: (changes) => {
          for (const change of changes)
            if (change.type === 'message') this.#see(change.message.content.clientMessageId);
            else if (change.type === 'history') for (const { content } of change.messages) this.#see(content.clientMessageId);
        },
      }),
      resume: true,
      reconnect: RECONNECT,
      requestTimeoutMs: 60_000,
      onLogin: () => {
        this.logins += 1;
      },
    });
    this.#drain().catch(() => {});
  }

  get state(): string {
    return this.#client.state;
  }

  /** Why the connection has ended for good. */
  get closed(): Promise<unknown> {
    return this.#client.closed;
  }

  /** Repeats the message under its id until the platform has it. */
  async send(to: number, clientMessageId: string): Promise<void> {
    const content = { clientMessageId, body: { $case: 'text', value: { text: clientMessageId } } } as const;
    for (;;) {
      try {
        await this.#client.request(Command.PRIVATE_MESSAGE, { receiverId: BigInt(to), content });
        return;
      } catch (error) {
        if (!isProtocolError(error) || !error.properties?.retry) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #drain(): Promise<void> {
    for await (const _message of this.#client);
  }

  #see(id: string): void {
    this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
  }
}

let url: string;
let users: Tab[][] = [];
/** Clients with the device of a tab, that have logged in after it. */
const moved: Tab[] = [];
/** What each user must have on each tab. */
const expected = new Map<number, Map<string, number>>();
/** Messages that were begun: their order. */
let started = 0;
let sent = 0;
let isSending = true;

new Calls(process, {
  async start({ port, count }: { port: number; count: number }) {
    url = `tcp://127.0.0.1:${port}`;
    users = Array.from({ length: count }, (_, i) => DEVICES.map((device) => new Tab(i + 1, device)));
    const tabs = users.flat();
    await inParallel(LOGINS, tabs, (tab) => tab.open(url));
  },
  /** Sends messages from random tabs to random users. Resolves when the platform has all of them. */
  async send(count: number, ratePerS: number) {
    const startMs = Date.now();
    const numbers = Array.from({ length: count }, (_, i) => i);
    await inParallel(REQUESTS, numbers, async (i) => {
      await sleep(Math.max(0, startMs + (i * 1000) / ratePerS - Date.now()));
      if (!isSending) return;
      const from = pick(users);
      const to = 1 + ((from[0].userId + Math.floor(Math.random() * 8)) % users.length);
      if (to === from[0].userId) return;
      const id = `m${i}`;
      const order = started;
      started += 1;
      for (const userId of [from[0].userId, to])
        expected.set(userId, (expected.get(userId) ?? new Map<string, number>()).set(id, order));
      await sendFrom(from, to, id);
      sent += 1;
    });
    return sent;
  },
  sent: () => sent,
  /** Devices log in again, elsewhere: the older session of each must end. Returns how the older ones have ended. */
  async move(count: number) {
    const chosen = users.slice(0, count).map(([tab]) => tab);
    await inParallel(LOGINS, chosen, async (tab) => {
      const again = new Tab(tab.userId, tab.deviceId);
      await again.open(url);
      moved.push(again);
    });
    return chosen.length;
  },
  /** How the sessions ended whose devices have logged in again: undefined while one of them has not. */
  async ended(count: number) {
    const reasons = new Map<string, number>();
    for (const [tab] of users.slice(0, count)) {
      if (tab.state !== 'closed') return undefined;
      const error = (await tab.closed) as { code?: string } | undefined;
      reasons.set(String(error?.code), (reasons.get(String(error?.code)) ?? 0) + 1);
    }
    return [...reasons];
  },
  /** What is missing or doubled, on the tabs that live. */
  check() {
    const missing: string[] = [];
    const doubled: string[] = [];
    let copies = 0;
    const last = new Map<string, Tab>();
    for (const tab of [...users.flat(), ...moved]) if (tab.state !== 'closed') last.set(`${tab.userId} ${tab.deviceId}`, tab);
    for (const [name, tab] of last) {
      for (const [id, order] of expected.get(tab.userId) ?? [])
        if (!tab.seen.has(id) && tab.mustHave(order)) missing.push(`${id} on tab ${name}`);
      for (const [id, times] of tab.seen) {
        copies += 1;
        if (times > 1) doubled.push(`${id} ${times} times on tab ${name}`);
        if (!expected.get(tab.userId)?.has(id)) doubled.push(`${id} on tab ${name} of another user`);
      }
    }
    const logins = [...users.flat(), ...moved].reduce((sum, tab) => sum + tab.logins, 0);
    const closed = users.flat().filter(({ state }) => state === 'closed').length;
    return { tabs: last.size, copies, logins, closed, missing: summary(missing), doubled: summary(doubled) };
  },
  async stop() {
    isSending = false;
    await Promise.all([...users.flat(), ...moved].map((tab) => tab.close()));
  },
});

/** Sends a message from a tab of a user that lives: the device of one may have logged in elsewhere meanwhile. */
async function sendFrom(tabs: readonly Tab[], to: number, id: string): Promise<void> {
  for (;;) {
    const tab = pick(tabs.filter(({ state }) => state !== 'closed'));
    try {
      return await tab.send(to, id);
    } catch (error) {
      if (tab.state !== 'closed') throw error;
    }
  }
}

function summary(faults: readonly string[]): { count: number; first: readonly string[] } {
  return { count: faults.length, first: faults.slice(0, 5) };
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)];
}

async function inParallel<T>(width: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

process.once('disconnect', () => process.exit());
