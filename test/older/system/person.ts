// A client of a user, in either release, and what it has received.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProtocolError } from '../../../src/errors.js';
import type { ContentInit, PrivateMessageInit, SendInfo, SendInfoInit, SendResult } from '../../../src/index.js';
import type { Client, ConnectOptions } from '../../../src/node/index.js';
import { NEW, type Release } from '../releases.js';
import type { Device } from './store.js';

const PRIVATE_MESSAGE = 4;
const GROUP_MESSAGE = 5;
/** Errors after which the same message is sent again: the platform recognizes it by its client_message_id. */
const AGAIN = ['CLOSED', 'DRAINING', 'TIMEOUT'];

type Routing = Pick<PrivateMessageInit, 'skipSelf' | 'receiverTerminals'>;

export interface Received {
  readonly message: SendInfo;
  readonly cmd: number;
  readonly messageId: bigint;
  readonly text: string | undefined;
  readonly fallback: string | undefined;
  readonly body: string | undefined;
}

export class Person implements Device {
  readonly name: string;
  release!: Release;
  client!: Client;
  /** Everything that the clients of this device have received. */
  readonly received: Received[] = [];
  /** What the client refused or was refused. */
  readonly notices: ProtocolError[] = [];
  readonly #byId = new Map<bigint, Received[]>();
  #reading: Promise<void> | undefined;

  constructor(
    readonly userId: bigint,
    readonly terminal: number,
    readonly serverId: string,
  ) {
    this.name = `${userId}/${terminal}`;
  }

  get sender(): Device {
    return { userId: this.userId, terminal: this.terminal };
  }

  /** The version of the connection. */
  get version(): number | undefined {
    return this.client.agreement?.version;
  }

  /** Starts a client of a release, with default options but for waiting times. */
  async join(release: Release, url: string, options: Partial<ConnectOptions> = {}): Promise<void> {
    this.release = release;
    this.client = await release.node.connect(url, {
      login: { accessToken: this.name, deviceId: this.name },
      reconnect: { baseMs: 10, maxMs: 50 },
      resume: true,
      onNotice: (error) => void this.notices.push(error),
      ...options,
    });
    this.#reading = this.#read(release, this.client);
  }

  async leave(): Promise<void> {
    await this.client.close();
    await this.#reading;
  }

  sendPrivate(receiverId: bigint, content: ContentInit, routing: Routing = {}): Promise<SendResult> {
    return this.#send(PRIVATE_MESSAGE, { sender: this.sender, receiverId, content, ...routing });
  }

  sendGroup(groupId: bigint, content: ContentInit, routing: Routing = {}): Promise<SendResult> {
    return this.#send(GROUP_MESSAGE, { sender: this.sender, groupId, content, ...routing });
  }

  /** Sends a command of version 2 that expects no reply. */
  push(message: SendInfoInit): void {
    this.client.send(message);
  }

  /** The messages with a command. */
  receivedWith(cmd: number): SendInfo[] {
    return this.received.filter((received) => received.cmd === cmd).map(({ message }) => message);
  }

  /** The messages with an id. */
  copiesOf(messageId: bigint): readonly Received[] {
    return this.#byId.get(messageId) ?? [];
  }

  async #send(cmd: number, value: object): Promise<SendResult> {
    for (;;) {
      try {
        return (await this.client.request(cmd as never, value as never)) as SendResult;
      } catch (error) {
        if (!AGAIN.includes(String((error as ProtocolError).code))) throw error;
        await sleep(10);
      }
    }
  }

  async #read(release: Release, client: Client): Promise<void> {
    for await (const message of client) {
      const received = receivedOf(release, message);
      this.received.push(received);
      const copies = this.#byId.get(received.messageId);
      if (copies === undefined) this.#byId.set(received.messageId, [received]);
      else copies.push(received);
    }
  }
}

/** What a client of a release has received, written by this release and read by the new one. */
function receivedOf({ index: { encodeFrame } }: Release, received: SendInfo): Received {
  const { cmd } = received;
  const message = NEW.index.decodeFrame(encodeFrame('SendInfo', received as SendInfoInit)).message as SendInfo;
  const { data } = message;
  const content = data !== undefined && 'content' in data.value ? data.value.content : undefined;
  const { messageId = 0n, fallback, body } = content ?? {};
  return { message, cmd, messageId, text: body?.$case === 'text' ? body.value.text : undefined, fallback, body: body?.$case };
}
