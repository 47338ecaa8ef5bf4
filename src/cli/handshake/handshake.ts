// `im-protocol handshake`: connects to a server and prints what it negotiates.
import type { FrameName } from '../../codec/frame.js';
import { FrameDecoder } from '../../codec/frame-decoder.js';
import { isProtocolError } from '../../errors.js';
import {
  Command,
  checkReject,
  checkWelcome,
  createHello,
  DEFAULT_MAX_FRAME_BYTES,
  decodeFrame,
  encodeFrame,
  FEATURES,
  type Frame,
  HANDSHAKE_MAX_FRAME_BYTES,
  type HelloInit,
  PROTOCOL_VERSIONS,
  ProtocolError,
  redact,
  subprotocolsFor,
} from '../../index.js';
import { frameToJSON } from '../../json/index.js';
import type { JsonObject } from '../../json/json-options.js';
import { createDeflate } from '../../node/deflate.js';
import { inertJson } from '../../wire/quoted.js';
import type { Arguments } from '../command.js';
import { Failure, INVALID, OK, TRUNCATED, usageError } from '../exit.js';
import { log } from '../output.js';
import { type Connection, dial } from './dial.js';

export async function run(args: Arguments): Promise<number> {
  const [url, ...rest] = args.operands;
  if (url === undefined || rest.length > 0) throw usageError('handshake needs exactly one URL');
  const hello = helloOf(args);
  const client = await HandshakeClient.open(url, hello, args);
  try {
    const agreement = await negotiate(client, hello);
    await logIn(client, args);
    await sendHeartbeats(client, args.number('heartbeats', 0, 1000) ?? 1);
    client.print('agreed', agreement as unknown as JsonObject);
    return OK;
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    log(error.message);
    return error.code === 'TRUNCATED' ? TRUNCATED : INVALID;
  } finally {
    client.connection.close();
  }
}

function helloOf(args: Arguments): ReturnType<typeof createHello> {
  const versions = (args.text('versions') ?? PROTOCOL_VERSIONS.join()).split(',').map(Number);
  const features =
    args.text('features') === undefined
      ? [...FEATURES]
      : args
          .text('features')!
          .split(',')
          .filter((name) => name !== '');
  try {
    return createHello({ versions, features, agent: 'im-protocol' });
  } catch (error) {
    throw isProtocolError(error) ? usageError(error.message) : error;
  }
}

async function negotiate(client: HandshakeClient, hello: ReturnType<typeof createHello>) {
  await client.send('Hello', hello as HelloInit);
  const answer = await client.next();
  if (answer.type === 'Reject') throw checkReject(hello, answer.message);
  if (answer.type !== 'Welcome') throw new Failure(INVALID, `expected a Welcome or Reject, got a ${answer.type}`);
  const agreement = checkWelcome(hello, answer.message, { subprotocol: client.connection.subprotocol });
  client.agreed(agreement.version, agreement.features.includes('deflate'));
  return agreement;
}

async function logIn(client: HandshakeClient, args: Arguments): Promise<void> {
  const accessToken = args.text('token') ?? process.env.IM_TOKEN;
  if (accessToken === undefined) return;
  const deviceId = args.text('device-id') ?? '';
  const { type, message } = await client.request({
    cmd: Command.LOGIN,
    data: { $case: 'login', value: { accessToken, deviceId } },
  });
  const error = type === 'SendInfo' && message.data?.$case === 'error' ? message.data.value : undefined;
  if (error !== undefined) throw new Failure(INVALID, `the server rejected the login: ${error.message || 'no message'}`);
}

async function sendHeartbeats(client: HandshakeClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await client.request({ cmd: Command.HEARTBEAT, data: { $case: 'heartbeat', value: { sentAtMs: BigInt(Date.now()) } } });
    client.print('round trip', { milliseconds: Math.round((performance.now() - start) * 100) / 100 });
  }
}

/** The URL without credentials and query, which may be secret. */
function shownUrl(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

type SendInfoInit = Parameters<typeof encodeFrame<'SendInfo'>>[1];

/** The client side of a connection. Prints each frame, sent or received, as a line on stdout. */
class HandshakeClient {
  readonly #start = performance.now();
  readonly #frames: Frame[] = [];
  #sequence = 0;
  #version: number | undefined;

  private constructor(
    readonly connection: Connection,
    private readonly decoder: FrameDecoder,
    private readonly timeoutMs: number,
    private readonly isJson: boolean,
  ) {}

  static async open(url: string, hello: ReturnType<typeof createHello>, args: Arguments): Promise<HandshakeClient> {
    const timeoutMs = args.number('timeout', 1, 3_600_000) ?? 10_000;
    const connection = await dial(url, subprotocolsFor(hello.versions), timeoutMs, args.flag('insecure'));
    const client = new HandshakeClient(
      connection,
      new FrameDecoder({ limits: { maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES } }),
      timeoutMs,
      args.flag('json'),
    );
    client.print('connected', {
      url: shownUrl(url),
      ...(connection.subprotocol !== undefined && { subprotocol: connection.subprotocol }),
    });
    return client;
  }

  agreed(version: number, deflates: boolean): void {
    this.#version = version;
    this.decoder.version = version;
    this.decoder.maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;
    if (deflates) this.decoder.deflate = createDeflate();
  }

  async send<N extends FrameName>(type: N, message: Parameters<typeof encodeFrame<N>>[1]): Promise<void> {
    const version = type === 'Hello' ? undefined : this.#version;
    const bytes = encodeFrame(type, message, { version });
    this.printFrame('sent', decodeFrame(bytes));
    this.connection.send(bytes);
  }

  /** Sends a request and returns its reply. Other frames are printed and ignored. */
  async request(message: SendInfoInit): Promise<Frame> {
    const sequence = ++this.#sequence;
    await this.send('SendInfo', { ...message, sequence });
    for (;;) {
      const frame = await this.next();
      if (frame.type === 'SendInfo' && frame.message.replyTo === sequence) return frame;
    }
  }

  async next(): Promise<Frame> {
    while (this.#frames.length === 0) {
      const bytes = await this.connection.next(this.timeoutMs);
      if (bytes === undefined) {
        this.decoder.end();
        throw new ProtocolError('TRUNCATED', `the server closed the connection${this.connection.closeText}`);
      }
      for (const frame of this.decoder.push(bytes)) {
        if (frame.type === 'invalid') throw frame.error;
        this.printFrame('received', frame);
        this.#frames.push(frame);
      }
    }
    return this.#frames.shift()!;
  }

  printFrame(direction: string, frame: Frame): void {
    this.print(`${direction} ${frame.type}`, frameToJSON(redact(frame)).message as JsonObject);
  }

  print(what: string, details: object): void {
    const milliseconds = Math.round((performance.now() - this.#start) * 10) / 10;
    const values = JSON.stringify(details, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    const line = this.isJson
      ? JSON.stringify({ milliseconds, what, details: JSON.parse(values) })
      : `${milliseconds.toFixed(1).padStart(8)} ms  ${what}  ${values}`;
    process.stdout.write(`${inertJson(line)}\n`);
  }
}
