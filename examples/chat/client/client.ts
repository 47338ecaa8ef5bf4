// A client: it says Hello, logs in, sends requests, and gets their replies and what is pushed.
import {
  CLOSE_CODE_BASE,
  Command,
  checkReject,
  checkWelcome,
  createHello,
  DEFAULT_MAX_FRAME_BYTES,
  decodeFrame,
  encodeFrame,
  FLAG_IGNORABLE,
  type Frame,
  type Hello,
  isProtocolError,
  type LoginInfoInit,
  ProtocolError,
  peerError,
  pipelineVersion,
  type SendInfo,
  type SendInfoInit,
  withGrease,
} from '@im/protocol';
import { createDeflate } from '@im/protocol/node';
import type { Dial } from '../net/dial.js';
import { DEMO_FEATURES, FrameConnection, type Received } from '../net/frame-connection.js';
import type { Transport } from '../net/transport.js';
import { type Deferred, deferred } from './deferred.js';

export interface ClientOptions {
  readonly name: string;
  /** Gets what the server sends without being asked. */
  readonly onPush: (send: SendInfo) => void;
  /** Sees every frame, for a log. */
  readonly onFrame: (direction: 'sent' | 'received', frame: Frame, bytes: number) => void;
}

export class Client {
  /** Resolves when the connection has ended: with the reason of the server, if it was the server that closed. */
  readonly ended: Promise<ProtocolError | undefined>;
  readonly #options: ClientOptions;
  readonly #transport: Transport;
  readonly #frames: FrameConnection;
  readonly #hello: Hello;
  readonly #welcomed = deferred<void>();
  readonly #requests = new Map<number, Deferred<SendInfo>>();
  #sequence = 0;
  /** Why the connection ended or is about to. */
  #reason: ProtocolError | undefined;
  #isOpen = true;

  private constructor(transport: Transport, hello: Hello, options: ClientOptions) {
    this.#transport = transport;
    this.#hello = hello;
    this.#options = options;
    this.#frames = new FrameConnection(transport);
    this.ended = this.#run();
  }

  static async connect(dial: Dial, options: ClientOptions): Promise<Client> {
    const hello = createHello({ features: DEMO_FEATURES, agent: `chat-demo ${options.name}` });
    // Grease: a version and a feature that nobody knows, so that no server comes to rely on a closed list.
    const greased = withGrease(hello, Math.random);
    return new Client(await dial(greased), greased, options);
  }

  /** Resolves when the server has accepted the token. */
  async open(login: LoginInfoInit): Promise<void> {
    this.#log(this.#frames.write(encodeFrame('Hello', this.#hello)));
    const version = pipelineVersion(this.#hello, this.#transport.subprotocol);
    if (version === undefined) await this.#welcomed.promise;
    // The version is settled before the Welcome has come: LOGIN goes in the same flight, which saves a round trip.
    else this.#frames.speak(version);
    await Promise.all([this.#welcomed.promise, this.login(login)]);
  }

  /** LOGIN; on an open connection it renews the token. */
  login(login: LoginInfoInit): Promise<SendInfo> {
    return this.request({ cmd: Command.LOGIN, data: { $case: 'login', value: login } });
  }

  /**
   * @returns the reply.
   * @throws ProtocolError what the server answered; if the connection has ended or ends before: why, or CLOSED.
   */
  async request(message: SendInfoInit): Promise<SendInfo> {
    if (!this.#isOpen) throw this.#closed();
    this.#sequence += 1;
    const reply = deferred<SendInfo>();
    this.#requests.set(this.#sequence, reply);
    this.#log(this.#frames.send({ ...message, sequence: this.#sequence }));
    return reply.promise;
  }

  /** A sign of life. Everything that the server sent before its answer has been handed over when this resolves. */
  async heartbeat(): Promise<void> {
    const sentAtMs = BigInt(Date.now());
    const { data } = await this.request({ cmd: Command.HEARTBEAT, data: { $case: 'heartbeat', value: { sentAtMs } } });
    const isEcho = data?.$case === 'heartbeat' && data.value.sentAtMs === sentAtMs;
    if (!isEcho) throw new Error(`${this.#options.name}: not the echo of its heartbeat`);
  }

  close(): void {
    this.#transport.close();
  }

  async #run(): Promise<ProtocolError | undefined> {
    try {
      for await (const { frame, bytes } of this.#frames.frames()) this.#take(frame, bytes);
    } catch (error) {
      this.#reason ??= isProtocolError(error) ? error : new ProtocolError('CLOSED', String(error), { cause: error });
      this.#transport.close(this.#reason.closeCode, this.#reason.code);
    }
    const closeCode = (await this.#transport.closed) ?? 0;
    if (closeCode > CLOSE_CODE_BASE) this.#reason ??= peerError(closeCode - CLOSE_CODE_BASE, `close code ${closeCode}`);
    this.#isOpen = false;
    for (const waiting of [this.#welcomed, ...this.#requests.values()]) waiting.reject(this.#closed());
    return this.#reason;
  }

  #closed(): ProtocolError {
    return this.#reason ?? new ProtocolError('CLOSED', 'the connection has ended');
  }

  #take(frame: Received['frame'], bytes: number): void {
    if (frame.type === 'invalid') {
      // "a receiver that does not know the type or command drops the frame silently"
      if (frame.error.code === 'UNSUPPORTED_TYPE' && (frame.flags & FLAG_IGNORABLE) !== 0) return;
      throw frame.error;
    }
    this.#options.onFrame('received', frame, bytes);
    if (frame.type === 'Reject') throw checkReject(this.#hello, frame.message);
    if (frame.type === 'Welcome') {
      // In force before the next frame is looked at.
      this.#frames.agree(checkWelcome(this.#hello, frame.message, { subprotocol: this.#transport.subprotocol }));
      this.#frames.accept(DEFAULT_MAX_FRAME_BYTES);
      this.#welcomed.resolve();
    }
    if (frame.type === 'SendInfo') this.#dispatch(frame.message);
  }

  #dispatch(send: SendInfo): void {
    const { replyTo, data } = send;
    const request = this.#requests.get(replyTo);
    this.#requests.delete(replyTo);
    if (data?.$case === 'error') {
      const error = peerError(data.value.code, data.value.message);
      if (request !== undefined) request.reject(error);
      // An error that answers nothing is why the server closes.
      if (error.properties.closes) this.#reason ??= error;
    } else if (request !== undefined) request.resolve(send);
    else if (replyTo === 0) this.#options.onPush(send);
  }

  #log(bytes: Uint8Array): void {
    this.#options.onFrame('sent', decodeFrame(bytes, { deflate: createDeflate() }), bytes.length);
  }
}
