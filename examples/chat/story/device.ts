// A device of a user in the file: its client, and what it shows.
import { Command, decodeFrame, LARGEST_FRAME_BYTES, type LoginInfoInit, type SendInfo } from '@im/protocol';
import { FrameSplitter } from '@im/protocol/frame';
import { type Client, connect, createDeflate } from '@im/protocol/node';
import { ClientSync, type SyncChange, type SyncStorage } from '@im/protocol/sync';
import type { Trace } from '../show/trace.js';

export interface DeviceOptions {
  readonly name: string;
  /** `tcp://...` or `ws://...` */
  readonly url: string;
  readonly server: string;
  readonly versions: readonly number[] | undefined;
  readonly credentials: () => Promise<LoginInfoInit>;
  /** What the device has stored: of version 2 alone. */
  readonly storage: SyncStorage;
  readonly trace: Trace;
  /** It has logged in: once for each connection. */
  readonly onLogin: () => void;
  /** It has what it missed: once for each connection. */
  readonly onSynced: () => void;
  /** Its conversations have changed. */
  readonly onChanges: (changes: readonly SyncChange[]) => void;
  /** It asks for what is missing. */
  readonly onHistory: () => void;
  /** Something that is not kept has arrived; on a connection of version 1 everything. */
  readonly onMessage: (message: SendInfo) => void;
  /** @param reason why the server ended the connection; undefined = the device did. */
  readonly onEnd: (reason: string | undefined) => void;
}

const deflate = createDeflate();
/** Soon enough to be watched. */
const RECONNECT = { baseMs: 100, maxMs: 500 };
const GAP_DELAY_MS = 100;
/** A server needs about a second to restart. */
const REQUEST_TIMEOUT_MS = 20_000;

export class Device {
  readonly #options: DeviceOptions;
  #client!: Client;
  #isSynced = false;
  #received = new FrameSplitter({ maxFrameBytes: LARGEST_FRAME_BYTES });

  private constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Connects and logs in. */
  static async connect(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    const { name, server, versions, storage, trace, onChanges } = options;
    device.#client = await connect(options.url, {
      agent: `chat-demo ${name}`,
      versions,
      login: options.credentials,
      sync: new ClientSync({
        storage,
        gapDelayMs: GAP_DELAY_MS,
        onChange: onChanges,
        onStatus: ({ state }) => state === 'synced' && device.#synced(),
      }),
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

  #loggedIn(): void {
    this.#isSynced = false;
    this.#options.onLogin();
  }

  #synced(): void {
    if (!this.#isSynced) this.#options.onSynced();
    this.#isSynced = true;
  }

  #show(direction: 'received' | 'sent', bytes: Uint8Array): void {
    const { name, server, trace, onHistory } = this.#options;
    const show = (from: string, to: string, bytes: Uint8Array): void => {
      const frame = decodeFrame(bytes, { deflate });
      trace.frame(from, to, frame, bytes.length);
      if (direction === 'sent' && frame.type === 'SendInfo' && frame.message.cmd === Command.HISTORY) onHistory();
    };
    if (direction === 'sent') show(name, server, bytes);
    else this.#received.push(bytes, (buffer, start, end) => show(server, name, buffer.slice(start, end)));
  }
}
