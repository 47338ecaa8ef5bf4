// An IM server in either release.
import {
  SendCode as Code,
  type ReceiveInfo,
  type SendCode,
  type SendInfo,
  type SendInfoInit,
  type SendResultInit,
  SessionEventKind,
  type UplinkInfoInit,
} from '../../../src/index.js';
import type { Server, ServerConnection } from '../../../src/node/index.js';
import { type Consumer, expectsResult, sessionEventMessage, topics, uplinkInfoMessage } from '../../../src/rocketmq/index.js';
import type { Release } from '../releases.js';
import type { Platform } from './platform.js';
import type { Arrival, Process, Wire } from './wire.js';

/** The commands that servers of version 1 hand on. */
const MESSAGES = [4, 5];

export interface ImServerOptions {
  readonly release: Release;
  readonly id: string;
  readonly port: number;
  readonly wire: Wire;
  /** The platform of now. */
  readonly platform: () => Platform;
  /** How long a client waits for the platform. */
  readonly uplinkTimeoutMs: number;
}

export class ImServer implements Process {
  readonly name: string;
  readonly release: Release;
  readonly #options: ImServerOptions;
  #server!: Server;
  #consumers: Consumer[] = [];
  /** Number of the last UplinkInfo of each connection. */
  readonly #numbers = new WeakMap<ServerConnection, bigint>();
  /** The requests that the platform has to answer, by connection and sequence. */
  readonly #asked = new Map<string, (reply: SendInfoInit) => void>();
  static #starts = 0;

  private constructor(options: ImServerOptions) {
    this.#options = options;
    this.release = options.release;
    this.name = `${options.release.name} server ${options.id}`;
  }

  static async start(options: ImServerOptions): Promise<ImServer> {
    const im = new ImServer(options);
    const { release, id, wire, port } = options;
    im.#server = await release.node.listen({
      host: '127.0.0.1',
      port,
      idPrefix: `${id}-${++ImServer.#starts}-`,
      login: ({ accessToken }) => {
        const [userId, terminal] = accessToken.split('/');
        return { userId: BigInt(userId), terminal: Number(terminal) };
      },
      message: (message, connection) => im.#handle(message, connection),
      onLogin: (connection) => im.#loggedIn(connection),
      onClose: (connection) => im.#loggedOut(connection),
      onError: () => undefined,
    });
    const { consumerGroup, topics: names } = release.rocketmq;
    const take = (arrival: Arrival) => im.#take(arrival);
    im.#consumers = [await wire.subscribe(im, consumerGroup('server', id), names.ofServer(id), take)];
    if (release.name === 'new') im.#consumers.push(await wire.subscribe(im, `im_event_${id}`, topics.ofEvents(id), take));
    return im;
  }

  get port(): number {
    return this.#server.port;
  }

  /** What is for its clients waits on the topics from now on. */
  async drain(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
    await this.#server.drain({ graceMs: 100 });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #handle(message: SendInfo, connection: ServerConnection): Promise<SendInfoInit | undefined> {
    const { encodeFrame, decodeFrame } = this.release.index;
    if (!MESSAGES.includes(message.cmd)) return this.#uplink(message, connection);
    const { cmd, data } = message;
    const reply = await this.#options.platform().receive(encodeFrame('SendInfo', { cmd, data }));
    return decodeFrame(reply).message as SendInfo;
  }

  /** What version 2 adds goes to the platform as an UplinkInfo, and its reply comes as a ReceiveInfo. */
  async #uplink({ cmd, sequence, data }: SendInfo, connection: ServerConnection): Promise<SendInfoInit | undefined> {
    const { userId, terminal } = connection.user!;
    const number = (this.#numbers.get(connection) ?? 0n) + 1n;
    this.#numbers.set(connection, number);
    const about = { serverId: this.#options.id, connectionId: connection.id, version: connection.version };
    const sender = { userId, terminal };
    const uplink = { ...about, sender, sequence, number, receivedAtMs: BigInt(Date.now()), cmd, data } as UplinkInfoInit;
    const key = `${connection.id} ${sequence}`;
    const reply = new Promise<SendInfoInit>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(key);
        reject(new Error('the platform has not answered'));
      }, this.#options.uplinkTimeoutMs);
      this.#asked.set(key, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      if (sequence === 0) this.#asked.get(key)!({});
    });
    await this.#options.wire.publish(this, uplinkInfoMessage(uplink));
    return reply;
  }

  /** Both versions call the platform; version 2 publishes a SessionEvent too. */
  #loggedIn(connection: ServerConnection): void {
    this.#options.platform().loggedIn(connection.user!, this.#options.id);
    this.#publishEvent(connection, SessionEventKind.OPENED);
  }

  #loggedOut(connection: ServerConnection): void {
    const { user } = connection;
    if (user === undefined || this.#server.connections.get(user.userId, user.terminal) !== undefined) return;
    this.#options.platform().loggedOut(user, this.#options.id);
    this.#publishEvent(connection, SessionEventKind.CLOSED);
  }

  #publishEvent({ user, id: connectionId, version }: ServerConnection, kind: SessionEventKind): void {
    if (this.release.name === 'old') return;
    const { userId, terminal } = user!;
    // The connections of a terminal follow each other: the number in their ids grows.
    const epoch = BigInt(Date.now());
    const event = { user: { userId, terminal }, serverId: this.#options.id, connectionId, kind, version, epoch };
    void this.#options.wire.publish(this, sessionEventMessage({ ...event, atMs: BigInt(Date.now()) }));
  }

  async #take({ message, body, serviceName }: Arrival): Promise<void> {
    if (message.payload?.$case !== 'receiveInfo') throw new Error(`a server got ${message.payload?.$case}`);
    const info = message.payload.value;
    const { replyTo = 0, connectionId = '' } = info;
    if (replyTo !== 0) {
      this.#asked.get(`${connectionId} ${replyTo}`)?.({ cmd: info.cmd, data: info.data } as SendInfoInit);
      return;
    }
    const outcomes = this.#push(body, info);
    if (info.skipResult || info.everyone || (this.release.name === 'new' && !expectsResult(info))) return;
    const { sender, cmd, traceId, data } = info;
    const messageId = data !== undefined && 'content' in data.value ? data.value.content?.messageId : undefined;
    for (const [code, receivers] of outcomes) {
      const result: SendResultInit = { sender, receivers, code, cmd, messageId, traceId };
      await this.#options.wire.publish(this, this.release.rocketmq.sendResultMessage(result), { serviceName });
    }
  }

  /** Pushes to the receivers. Returns them by outcome. */
  #push(frame: Uint8Array, info: ReceiveInfo): Map<SendCode, { terminal: number; userIds: bigint[] }[]> {
    const { connections } = this.#server;
    const shared = this.release.session.SharedFrame.forward(frame);
    const outcomes = new Map<SendCode, { terminal: number; userIds: bigint[] }[]>();
    if (info.everyone) for (const connection of connections.all(info.everyoneTerminals)) shared.pushTo(connection);
    for (const { terminal, userIds } of info.receivers) {
      for (const userId of new Set(userIds)) {
        const connection = connections.get(userId, terminal);
        const code = connection === undefined ? Code.CHANNEL_NOT_FOUND : shared.pushTo(connection);
        const lists = outcomes.get(code) ?? [];
        outcomes.set(code, lists);
        const list = lists.find((other) => other.terminal === terminal);
        if (list === undefined) lists.push({ terminal, userIds: [userId] });
        else list.userIds.push(userId);
      }
    }
    return outcomes;
  }
}
