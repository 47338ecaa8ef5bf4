// The platform of a chat, in either release. What it has to keep is in the Store.
import { clearPlatformFields } from '../../../src/conversation/index.js';
import {
  type ReceiveInfoInit,
  SendCode,
  type SendInfo,
  type SendResult,
  type SendResultInit,
  type SystemMessageInit,
} from '../../../src/index.js';
import type { Consumer, MemoryRoutes, Route } from '../../../src/rocketmq/index.js';
import type { Release } from '../releases.js';
import { type Device, deviceKey, type Store } from './store.js';
import { Version2 } from './version-2.js';
import type { Process, Wire } from './wire.js';

export const SERVICE = 'chat';
/** For a server whose client has not reached it yet. */
const RETRY_MS = 15;
const { NOT_ONLINE, CHANNEL_NOT_FOUND, SUCCESS } = SendCode;

/** What the earlier release has for MemoryRoutes. */
interface EarlierTable {
  find(userId: bigint): readonly Route[] | undefined;
}

interface EarlierModule {
  readonly RouteTable: typeof MemoryRoutes;
}

export class Platform implements Process {
  readonly name: string;
  readonly routes: MemoryRoutes;
  /** What only the new release has. */
  readonly version2: Version2 | undefined;
  /** Clears what only the platform sets in what servers hand on. */
  isClearing = false;
  #consumers: Consumer[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(
    readonly release: Release,
    readonly wire: Wire,
    readonly store: Store,
  ) {
    this.name = `${release.name} platform`;
    // The earlier release has a table with the same methods, which are not asynchronous.
    const Routes = release.rocketmq.MemoryRoutes ?? (release.rocketmq as unknown as EarlierModule).RouteTable;
    this.routes = new Routes();
    for (const device of store.sessions.values()) this.#setRoute(device, device.serverId);
    this.version2 = release.name === 'new' ? new Version2(this) : undefined;
  }

  static async start(release: Release, wire: Wire, store: Store): Promise<Platform> {
    const platform = new Platform(release, wire, store);
    const { consumerGroup, topics } = release.rocketmq;
    const results = await wire.subscribe(platform, consumerGroup('service', SERVICE), topics.ofResults(), ({ message }) => {
      if (message.payload?.$case === 'sendResult') platform.#take(message.payload.value);
    });
    platform.#consumers = [results, ...((await platform.version2?.start()) ?? [])];
    return platform;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
  }

  /**
   * A call of a server: what a client sent, as a frame. Returns the frame of the reply.
   * @throws ProtocolError UNSUPPORTED_VERSION for a frame of a later version than that of this release.
   */
  async receive(frame: Uint8Array): Promise<Uint8Array> {
    const { decodeFrame, encodeFrame } = this.release.index;
    const decoded = decodeFrame(frame).message as SendInfo;
    const { cmd, data } = this.isClearing ? clearPlatformFields(decoded) : decoded;
    if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') throw new Error(`command ${cmd} from a server`);
    const { sender, content } = data.value;
    const key = `${sender!.userId} ${content!.clientMessageId}`;
    let messageId = this.store.idsByClient.get(key);
    if (messageId === undefined) {
      messageId = this.store.nextId();
      this.store.idsByClient.set(key, messageId);
      await this.send({ ...data, value: { ...data.value, content: { ...content!, messageId } } } as typeof data);
    }
    const value: SendResultInit = { code: SUCCESS, cmd, messageId };
    return encodeFrame('SendInfo', { cmd: 7, data: { $case: 'sendResult', value } });
  }

  /** Sends a message with its id to the receivers, and a result for those who are offline. */
  async send(data: Extract<ReceiveInfoInit['data'], { $case: 'privateMessage' | 'groupMessage' }>): Promise<void> {
    const { planFanOut, sendResultMessage } = this.release.rocketmq;
    if (this.version2?.isRead(data)) return this.version2.takeReceipt(data);
    const { sender, content } = data.value;
    const messageId = content!.messageId!;
    const cmd = data.$case === 'privateMessage' ? 4 : 5;
    const traceId = `trace-${messageId}`;
    this.store.messages.set(messageId, { cmd, sender, traceId, data: this.release.index.forDelivery(data) });
    const receiverIds = data.$case === 'groupMessage' ? this.membersBut(data.value.groupId!, sender!.userId!) : undefined;
    const plan = await planFanOut(data.value, this.routes, { serviceName: SERVICE, traceId, receiverIds });
    await Promise.all([
      ...plan.receiveInfos.map(({ serverId, receiveInfo }) => this.publish(serverId, receiveInfo)),
      ...plan.results.map((result) => this.wire.publish(this, sendResultMessage(result), { serviceName: SERVICE })),
    ]);
  }

  membersBut(groupId: bigint, userId: bigint): bigint[] {
    return (this.store.groups.get(groupId) ?? []).filter((member) => member !== userId);
  }

  /** Sends a system message to every device. Returns its id. */
  async tell(text: string): Promise<bigint> {
    const messageId = this.store.nextId();
    const value: SystemMessageInit = { content: { messageId, body: { $case: 'text', value: { text } } } };
    this.store.messages.set(messageId, { cmd: 6, traceId: 'system', data: { $case: 'systemMessage', value } });
    for (const device of this.store.devices.values()) this.#keep(messageId, device);
    await Promise.all([...this.store.devices.values()].map((device) => this.#redeliver(device)));
    return messageId;
  }

  /** Sends a system message to everyone who is connected to a server. Returns its id. */
  async announce(text: string, serverIds: Iterable<string>): Promise<bigint> {
    const messageId = this.store.nextId();
    const value: SystemMessageInit = { content: { messageId, body: { $case: 'text', value: { text } } } };
    const data = { $case: 'systemMessage', value } as const;
    for (const serverId of serverIds) await this.publish(serverId, { cmd: 6, everyone: true, data });
    return messageId;
  }

  publish(serverId: string | number, receiveInfo: ReceiveInfoInit): Promise<void> {
    const { receiveInfoMessage } = this.release.rocketmq;
    return this.wire.publish(this, receiveInfoMessage(serverId, { serviceName: SERVICE, ...receiveInfo }));
  }

  /** A call of a server, in both versions: a session began. */
  loggedIn(device: Device, serverId: string): void {
    this.store.sessions.set(deviceKey(device), { ...device, serverId });
    this.#setRoute(device, serverId);
    void this.#redeliver(device);
  }

  /** A call of a server: a session ended. */
  loggedOut({ userId, terminal }: Device, serverId: string): void {
    const key = deviceKey({ userId, terminal });
    if (this.store.sessions.get(key)?.serverId === serverId) this.store.sessions.delete(key);
    void this.routes.delete(userId, terminal, serverId);
  }

  /** A server has stopped: another release may come back with its id. */
  serverLost(serverId: string): void {
    void this.routes.deleteServer(serverId);
  }

  async routesOf(userId: bigint): Promise<readonly Route[] | undefined> {
    if (this.release.name === 'new') return (await this.routes.find([userId])).get(userId);
    return (this.routes as unknown as EarlierTable).find(userId);
  }

  /** Whether a route of a user is known to take version 2. */
  takesVersion2({ version }: Route): boolean {
    return version !== undefined && version >= 2;
  }

  /** The version of a connection that was reported as in version 1 is 1 until its SessionEvent says another one. */
  #setRoute({ userId, terminal }: Device, serverId: string): void {
    void this.routes.set(userId, terminal, serverId, 1);
  }

  #take({ cmd, code, messageId, receivers }: SendResult): void {
    for (const { terminal, userIds } of receivers) {
      for (const userId of userIds) {
        const device = { userId, terminal };
        this.store.addOutcome({ cmd, code, messageId, ...device });
        if (code !== NOT_ONLINE && code !== CHANNEL_NOT_FOUND) continue;
        this.#keep(messageId, device);
        this.#retry(device);
      }
    }
  }

  #keep(messageId: bigint, device: Device): void {
    const key = deviceKey(device);
    const message = this.store.messages.get(messageId);
    if (message === undefined || !this.store.devices.has(key)) return;
    const kept = this.store.undelivered.get(key) ?? new Map<bigint, ReceiveInfoInit>();
    this.store.undelivered.set(key, kept.set(messageId, message));
  }

  #retry(device: Device): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#redeliver(device);
    }, RETRY_MS);
    this.#timers.add(timer);
  }

  async #redeliver(device: Device): Promise<void> {
    const key = deviceKey(device);
    const session = this.store.sessions.get(key);
    const kept = [...(this.store.undelivered.get(key) ?? [])];
    if (session === undefined) return;
    this.store.undelivered.delete(key);
    const receivers = [{ terminal: device.terminal, userIds: [device.userId] }];
    for (const [, message] of kept) await this.publish(session.serverId, { ...message, receivers });
  }
}
