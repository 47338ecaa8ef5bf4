// A device of a user in the file: its client, and the messages it receives.
import { Command, decodeFrame, LARGEST_FRAME_BYTES, type LoginInfoInit, type SendInfo, type UserInfo } from '@im/protocol';
import { FrameSplitter } from '@im/protocol/frame';
import { type Client, connect, createDeflate } from '@im/protocol/node';
import type { Platform } from '../platform/platform.js';
import type { Trace } from '../show/trace.js';

/** The messages of a device. */
export interface DeviceOptions {
  readonly name: string;
  readonly user: UserInfo;
  /** `tcp://...` or `ws://...` */
  readonly url: string;
  readonly server: string;
  readonly credentials: () => Promise<LoginInfoInit>;
  readonly platform: Platform;
  readonly trace: Trace;
  /** It has logged in: once for each connection. */
  readonly onLogin: () => void;
  /** A message arrived for the first time. */
  readonly onMessage: (message: SendInfo) => void;
  /** @param reason why the server ended the connection; undefined = the device did. */
  readonly onEnd: (reason: string | undefined) => void;
}

const deflate = createDeflate();
/** Soon enough to be watched. */
const RECONNECT = { baseMs: 100, maxMs: 500 };
/** A server needs about a second to restart. */
const REQUEST_TIMEOUT_MS = 20_000;

export class Device {
  readonly #options: DeviceOptions;
  #client!: Client;
  /** The newest message of the platform when the device last requested missed messages. */
  #syncedTo = 0n;
  #received = new FrameSplitter({ maxFrameBytes: LARGEST_FRAME_BYTES });

  private constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Connects and logs in. */
  static async connect(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    const { name, server, trace } = options;
    device.#syncedTo = options.platform.messages.lastId;
    device.#client = await connect(options.url, {
      agent: `chat-demo ${name}`,
      login: options.credentials,
      deflate,
      compressFromBytes: 0,
      resume: true,
      reconnect: RECONNECT,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      // The first heartbeat comes after a random part of the interval: here of its second half, when the play is over.
      random: () => 0.5 + Math.random() / 2,
      trace: (direction, bytes) => device.#show(direction, bytes),
      onLogin: () => device.#loggedIn(),
      onReconnect: (error, delayMs) => {
        device.#received = new FrameSplitter({ maxFrameBytes: LARGEST_FRAME_BYTES });
        trace.event(server, name, 'lost', `retry in ${Math.round(delayMs)} ms: ${error.message}`);
      },
    });
    void device.#listen();
    return device;
  }

  get client(): Client {
    return this.#client;
  }

  /** Sends a heartbeat. When this resolves, everything that the server sent before the reply has been delivered. */
  async heartbeat(): Promise<void> {
    const sentAtMs = BigInt(Date.now());
    const echo = await this.#client.request(Command.HEARTBEAT, { sentAtMs });
    if (echo.sentAtMs !== sentAtMs) throw new Error(`${this.#options.name}: not the echo of its heartbeat`);
  }

  async #listen(): Promise<void> {
    const { name, server, trace, onMessage, onEnd } = this.#options;
    try {
      for await (const message of this.#client) onMessage(message);
    } catch {
      // `closed` has the reason.
    }
    const reason = await this.#client.closed;
    if (reason === undefined) trace.event(name, server, 'closed', '');
    else trace.event(server, name, 'closed', reason.message);
    onEnd(reason && String(reason.code));
  }

  /** "After a reconnect the client ... asks the platform for the messages after its last message_id." */
  #loggedIn(): void {
    const { name, user, platform, trace, onLogin, onMessage } = this.#options;
    onLogin();
    // The first connection has missed nothing.
    if (this.#client === undefined) return;
    const missed = platform.messagesAfter(user, this.#syncedTo);
    this.#syncedTo = platform.messages.lastId;
    const fresh = missed.filter(({ data }) => this.#client.markDelivered(messageIdOf(data)));
    trace.event(name, 'platform', 'call missed', `${missed.length} messages since then, ${fresh.length} of them new here`);
    for (const message of fresh) onMessage(message);
  }

  #show(direction: 'received' | 'sent', bytes: Uint8Array): void {
    const { name, server, trace } = this.#options;
    const show = (from: string, to: string, frame: Uint8Array): void =>
      trace.frame(from, to, decodeFrame(frame, { deflate }), frame.length);
    if (direction === 'sent') show(name, server, bytes);
    else this.#received.push(bytes, (buffer, start, end) => show(server, name, buffer.slice(start, end)));
  }
}

function messageIdOf(data: SendInfo['data']): bigint {
  return data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
}
