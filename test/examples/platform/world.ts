// The platform without a queue: commands go in as frames, and what it publishes is read back from frames.
import {
  type Command,
  decodeFrame,
  ErrorCode,
  encodeFrame,
  type ReceiveInfo,
  SessionEvent,
  Terminal,
  type UplinkInfoInit,
  type UserInfo,
} from '@im/protocol';
import { type Broker, MemoryRoutes, toRocketMQ } from '@im/protocol/rocketmq';
import type { Limits } from '../../../examples/chat/platform/context.js';
import { createServices, type Services } from '../../../examples/chat/platform/services.js';
import { MemoryStorage, type MemoryStorageOptions } from '../../../examples/chat/platform/storage/memory-storage.js';
import { Uplinks } from '../../../examples/chat/platform/uplinks.js';

export const ALICE = 9007199254740992n;
export const BOB = 9007199254740993n;
export const CHEN = 5n;
/** A program. */
export const ADA = 6n;
export const TEAM = 70n;
export const ROOM = 80n;

const USERS = new Map([
  [ALICE, 'alice'],
  [BOB, 'bob'],
  [CHEN, 'chen'],
  [ADA, 'ada'],
]);

export interface Device extends UserInfo {
  readonly connectionId: string;
  readonly serverId: string;
  readonly version: number;
}

type Data = NonNullable<ReceiveInfo['data']>;
type UplinkData = NonNullable<UplinkInfoInit['data']>;

export interface Push {
  readonly cmd: Command;
  readonly data: Data | undefined;
}

/** What happens at the same time is one day in 2023. */
const START_MS = 1_700_000_000_000;

export class World {
  nowMs = START_MS;
  readonly routes = new MemoryRoutes({ clock: { nowMs: () => this.nowMs } });
  readonly storage: MemoryStorage;
  readonly services: Services;
  readonly errors: unknown[] = [];
  readonly #uplinks: Uplinks;
  readonly #published: ReceiveInfo[] = [];
  readonly #words: string[] = [];
  #isComplete = false;
  #wake: () => void = () => {};
  #numbers = 0n;

  constructor({ limits, ...storage }: MemoryStorageOptions & { limits?: Limits } = {}) {
    const broker: Pick<Broker, 'publish'> = {
      publish: async (message, options) => {
        const { type, message: frame } = decodeFrame(toRocketMQ(message, options).body, {
          limits: { maxFrameBytes: 16_777_219 },
        });
        if (type === 'ReceiveInfo') this.#published.push(frame);
        return { messageId: '' };
      },
    };
    this.storage = new MemoryStorage(storage);
    this.services = createServices({
      broker,
      routes: this.routes,
      storage: this.storage,
      people: { users: USERS, groups: new Map(), rooms: new Set([ROOM]), assistantId: ADA },
      serviceName: 'chat',
      limits,
      model: () => this.dictated(),
      streamIntervalMs: 0,
      nowMs: () => this.nowMs,
      onError: (error) => this.errors.push(error),
    });
    this.#uplinks = new Uplinks(broker, this.routes, this.services);
  }

  /** Writes on the assistant's answer. Resolves when all of it is sent. */
  async dictate(...words: string[]): Promise<void> {
    this.#words.push(...words);
    this.#wake();
    await settled();
  }

  /** Ends the assistant's answer. */
  async fullStop(): Promise<void> {
    this.#isComplete = true;
    this.#wake();
    await settled();
  }

  async *dictated(): AsyncGenerator<string> {
    while (!this.#isComplete || this.#words.length > 0) {
      if (this.#words.length > 0) yield this.#words.shift()!;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The device comes online, on a server with the number of its version. */
  online(userId: bigint, terminal: Terminal = Terminal.APP, version = 2): Device {
    const connectionId = `${userId}-${terminal}`;
    const device = { userId, terminal, connectionId, serverId: String(version), version };
    const session = { user: { userId, terminal }, serverId: device.serverId, connectionId, version, kind: 1, epoch: 1n };
    void this.routes.apply(SessionEvent.create({ ...session, atMs: BigInt(this.nowMs) }));
    return device;
  }

  /** Sends a command of a device. Returns the answer, of which an error is thrown by its name; undefined: there was none. */
  async request(
    device: Device,
    cmd: Command,
    data: UplinkData,
    options: Partial<UplinkInfoInit> = {},
  ): Promise<Data | undefined> {
    this.#numbers += 1n;
    const { userId, terminal, ...connection } = device;
    const uplink = { sender: { userId, terminal }, ...connection, sequence: 7, receivedAtMs: BigInt(this.nowMs), cmd, data };
    const { type, message } = decodeFrame(encodeFrame('UplinkInfo', { ...uplink, number: this.#numbers, ...options }));
    if (type !== 'UplinkInfo') throw new Error('not an UplinkInfo');
    await this.#uplinks.take(message);
    const at = this.#published.findIndex(({ replyTo }) => replyTo !== 0);
    if (at < 0) return undefined;
    const [answer] = this.#published.splice(at, 1);
    if (answer.data?.$case === 'error') throw new Error(errorText(answer.data.value));
    return answer.data;
  }

  /** What a device was sent since the last call for it, in order. */
  pushes({ userId, terminal }: Device): Push[] {
    const found: Push[] = [];
    for (const info of this.#published) {
      const list = info.receivers.find((receivers) => receivers.terminal === terminal);
      const at = list?.userIds.indexOf(userId) ?? -1;
      if (at < 0) continue;
      list?.userIds.splice(at, 1);
      found.push({ cmd: info.cmd, data: info.data });
    }
    return found;
  }

  /** Messages with `audience`. */
  audiences(): ReceiveInfo[] {
    return this.#published.filter(({ audience }) => audience !== undefined);
  }
}

function errorText({ code, message }: { code: number; message: string }): string {
  return `${Object.entries(ErrorCode).find(([, number]) => number === code)?.[0]}: ${message}`;
}

/** Everything here is in memory: a turn of the event loop is enough. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
