// A platform, two IM servers and the clients of four users, in any mixture of both releases.
import { expect } from 'vitest';
import { SendCode } from '../../../src/index.js';
import type { ConnectOptions } from '../../../src/node/index.js';
import type { Release } from '../releases.js';
import { ImServer } from './im-server.js';
import { Person } from './person.js';
import { Platform } from './platform.js';
import { Store } from './store.js';
import { type Expected, talkVersion2 } from './talk-version-2.js';
import { Wire } from './wire.js';

export const GROUP = 77n;
const SERVER_IDS = ['1', '2'] as const;
const KINDS = ['private', 'group', 'system'] as const;
const TOPICS = [
  ...SERVER_IDS.flatMap((id) => [...KINDS.map((kind) => `im_message_${kind}_${id}`), `im_event_${id}`]),
  ...KINDS.map((kind) => `im_result_${kind}`),
  'im_session',
  'im_uplink',
];
/** User, terminal, server. User 1 has two devices. */
const PEOPLE = [
  [1n, 2, '1'],
  [1n, 3, '2'],
  [2n, 1, '1'],
  [3n, 2, '2'],
  [4n, 3, '2'],
] as const;

/** A message that was sent, and who has to get it. */
interface Sent {
  readonly messageId: bigint;
  readonly cmd: number;
  readonly text: string;
  readonly receivers: readonly Person[];
  /** Receivers for whom servers report a result. */
  readonly reported: readonly Person[];
}

export class System {
  readonly store = new Store();
  readonly people = PEOPLE.map(([userId, terminal, serverId]) => new Person(userId, terminal, serverId));
  readonly servers = new Map<string, ImServer>();
  readonly sent: Sent[] = [];
  /** What clients of version 2 have sent each other. */
  readonly expected: Expected[] = [];
  /** Milliseconds that a new server waits for the reply of the platform. */
  uplinkTimeoutMs = 30_000;
  platform!: Platform;
  #count = 0;

  private constructor(readonly wire: Wire) {}

  /** @param carrier the release whose broker carries the messages. */
  static async start(release: Release, carrier: Release): Promise<System> {
    const isOrdered = (topic: string): boolean => !topic.includes('_system') && !topic.startsWith('im_result');
    const system = new System(new Wire(carrier, TOPICS, isOrdered));
    const { store } = system;
    store.groups.set(GROUP, [1n, 2n, 3n, 4n]);
    for (const person of system.people) store.devices.set(person.name, person.sender);
    system.platform = await Platform.start(release, system.wire, store);
    for (const id of SERVER_IDS) await system.#startServer(id, release, 0);
    for (const person of system.people) await system.join(person, release);
    return system;
  }

  async stop(): Promise<void> {
    for (const person of this.people) if (person.release !== undefined) await person.leave();
    for (const server of this.servers.values()) await server.close();
    await this.platform.stop();
    await this.wire.close();
  }

  async replacePlatform(release: Release): Promise<void> {
    const previous = this.platform;
    this.platform = await Platform.start(release, this.wire, this.store);
    await previous.stop();
  }

  /** Drains a server and starts one of another release in its place. */
  async replaceServer(id: string, release: Release): Promise<void> {
    const previous = this.servers.get(id)!;
    await previous.drain();
    this.platform.serverLost(id);
    await this.#startServer(id, release, previous.port);
    await this.isOnline();
  }

  async join(person: Person, release: Release, options: Partial<ConnectOptions> = {}): Promise<void> {
    await person.join(release, `tcp://127.0.0.1:${this.servers.get(person.serverId)!.port}`, options);
    await this.isOnline([person]);
  }

  async leave(person: Person): Promise<void> {
    await person.leave();
    await expect.poll(() => this.store.sessions.has(person.name), { timeout: 20_000 }).toBe(false);
  }

  /** Waits until the platform knows the connections. */
  async isOnline(people: readonly Person[] = this.people): Promise<void> {
    await expect
      .poll(() => people.every(({ client, name }) => client.state === 'authenticated' && this.store.sessions.has(name)), {
        timeout: 20_000,
      })
      .toBe(true);
    // The route has the version as soon as the SessionEvent was read.
    if (this.platform.version2 === undefined) return;
    for (const { userId, terminal, serverId, version } of people) {
      if (this.servers.get(serverId)?.release.name === 'old') continue;
      const route = async () => (await this.platform.routesOf(userId))?.find((other) => other.terminal === terminal);
      await expect.poll(async () => (await route())?.version, { timeout: 20_000 }).toBe(version);
    }
  }

  /**
   * Every client of `senders` sends a message to every other user and to the group, and the platform sends one to everybody.
   * @param isSteady every client is connected all the time: then the copies for the sender's other terminal and announcements arrive too.
   */
  async talk({ senders = this.people, isSteady = true } = {}): Promise<void> {
    const { platform } = this;
    // A terminal that is offline is reported only if it is named.
    const routing = isSteady ? {} : { skipSelf: true, receiverTerminals: [1, 2, 3] };
    await Promise.all([
      ...senders.map(async (sender) => {
        for (const { userId } of this.people.filter(({ userId }, i) => i !== 1 && userId !== sender.userId)) {
          const text = this.#text('private');
          const { messageId } = await sender.sendPrivate(userId, contentOf(text), routing);
          this.#add(4, messageId, text, (other) => other.userId === userId, isSteady ? sender : undefined);
        }
        const text = this.#text('group');
        const { messageId } = await sender.sendGroup(GROUP, contentOf(text), routing);
        this.#add(5, messageId, text, (other) => other.userId !== sender.userId, isSteady ? sender : undefined);
      }),
      (async () => {
        const text = this.#text('system');
        this.#add(6, await platform.tell(text), text, () => true, undefined);
        if (!isSteady) return;
        const announced = this.#text('everyone');
        const messageId = await platform.announce(announced, this.servers.keys());
        this.sent.push({ messageId, cmd: 6, text: announced, receivers: this.people, reported: [] });
      })(),
    ]);
  }

  /** Every client of version 2 sends what only version 2 has. */
  async talkVersion2(): Promise<void> {
    const senders = this.people.filter(({ version }) => version === 2);
    const expected = await Promise.all(senders.map((sender) => talkVersion2(sender, this.people, GROUP, ++this.#count)));
    this.expected.push(...expected.flat());
  }

  /** Waits until everything has arrived, and checks that it has, exactly once, with the ids and texts that were sent. */
  async settled(): Promise<void> {
    const isComplete = (): boolean =>
      this.expected.every(({ forms, formOf }) =>
        [...forms.keys()].every(({ received }) => received.some((one) => formOf(one) !== undefined)),
      ) &&
      this.sent.every(
        ({ messageId, receivers, reported }) =>
          receivers.every((person) => person.copiesOf(messageId).length > 0) &&
          reported.every((person) => this.successes(messageId, person) > 0),
      );
    await expect.poll(isComplete, { timeout: 30_000 }).toBe(true);
    for (const { what, forms, formOf } of this.expected) {
      for (const person of this.people) {
        const arrived = person.received.map(formOf).filter((form) => form !== undefined);
        const form = forms.get(person);
        expect([what, person.name, arrived]).toEqual([what, person.name, form === undefined ? [] : [form]]);
      }
    }
    for (const { messageId, cmd, text, receivers, reported } of this.sent) {
      for (const person of this.people) {
        const copies = person.copiesOf(messageId).map((copy) => [copy.cmd, copy.text, copy.fallback]);
        expect([person.name, copies]).toEqual([person.name, receivers.includes(person) ? [[cmd, text, '']] : []]);
        expect(this.successes(messageId, person)).toBe(reported.includes(person) ? 1 : 0);
      }
    }
    expect(this.store.undelivered.size).toBe(0);
    expect([this.wire.refused, this.wire.errors]).toEqual([[], []]);
    expect(this.people.flatMap(({ notices }) => notices).filter(({ code }) => code !== 'DRAINING')).toEqual([]);
  }

  /** How many results say that a message reached a device. */
  successes(messageId: bigint, device: Person): number {
    return this.codesOf(messageId, device).filter((code) => code === SendCode.SUCCESS).length;
  }

  /** The results of a message for a device. */
  codesOf(messageId: bigint, device: Person): SendCode[] {
    return [...this.store.codesOf(messageId, device)];
  }

  async #startServer(id: string, release: Release, port: number): Promise<void> {
    const { wire, uplinkTimeoutMs } = this;
    this.servers.set(id, await ImServer.start({ release, id, port, wire, platform: () => this.platform, uplinkTimeoutMs }));
  }

  /** Text of every length of a UTF-8 character. */
  #text(kind: string): string {
    return `${kind} ${++this.#count} é 你好 😀`;
  }

  #add(cmd: number, messageId: bigint, text: string, isReceiver: (person: Person) => boolean, sender: Person | undefined): void {
    const reported = this.people.filter(isReceiver);
    const copies = this.people.filter(({ userId, terminal }) => userId === sender?.userId && terminal !== sender.terminal);
    this.sent.push({ messageId, cmd, text, receivers: [...reported, ...copies], reported });
  }
}

/** The number in the text makes the id unique. */
function contentOf(text: string) {
  return { clientMessageId: text.split(' ').slice(0, 2).join('-'), body: { $case: 'text', value: { text } } } as const;
}
