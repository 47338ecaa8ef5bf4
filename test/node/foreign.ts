// A client that is not of this library's making: bytes on a socket.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { createHello, encodeFrame, type Frame, FrameDecoder, type InvalidFrame, type SendInfoInit } from '../../src/index.js';
import { TOKEN } from './host.js';

export const HELLO = encodeFrame('Hello', createHello({ versions: [1] }));

export function send(message: SendInfoInit): Uint8Array {
  return encodeFrame('SendInfo', message);
}

export const LOGIN = send({ cmd: 1, sequence: 1, data: { $case: 'login', value: TOKEN } });

/** The frames that a foreign client has received, and how its transport has ended. */
export class Received {
  readonly frames: (Frame | InvalidFrame)[] = [];
  /** How many bytes came. */
  bytes = 0;
  closeCode: number | undefined;
  isEnded = false;
  readonly #decoder = new FrameDecoder({ limits: { maxFrameBytes: 4_194_304 } });
  #waiting: (() => void)[] = [];

  take(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.frames.push(...this.#decoder.push(bytes));
    this.#wake();
  }

  end(closeCode?: number): void {
    this.closeCode = closeCode;
    this.isEnded = true;
    this.#wake();
  }

  /** The names of what came: `Welcome`, `Reject 5`, a command's number, `error 40`. */
  get names(): string[] {
    return this.frames.map((frame) => {
      if (frame.type === 'Reject') return `Reject ${frame.message.code}`;
      if (frame.type !== 'SendInfo') return frame.type;
      const { cmd, data } = frame.message;
      return data?.$case === 'error' ? `error ${data.value.code}` : String(cmd);
    });
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  count(frames: number): Promise<void> {
    return this.until(() => this.frames.length >= frames || this.isEnded);
  }

  ended(): Promise<void> {
    return this.until(() => this.isEnded);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export async function tcp(port: number): Promise<{ socket: Socket; received: Received }> {
  const socket = createConnection(port, '127.0.0.1');
  const received = new Received();
  socket.on('data', (chunk) => received.take(chunk));
  socket.on('close', () => received.end());
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, received };
}

export async function websocket(
  port: number,
  subprotocols: string[] = ['im.v1', 'im'],
  options: ClientOptions = {},
): Promise<{ socket: WebSocket; received: Received }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocols, { perMessageDeflate: false, ...options });
  const received = new Received();
  socket.on('message', (data) => received.take(data as Buffer));
  socket.on('close', (code) => received.end(code));
  socket.on('error', () => {});
  onTestFinished(() => void socket.terminate());
  await once(socket, 'open');
  return { socket, received };
}

/** A foreign client that has logged in. */
export async function loggedInTcp(port: number): Promise<{ socket: Socket; received: Received }> {
  const client = await tcp(port);
  client.socket.write(Buffer.concat([HELLO, LOGIN]));
  await client.received.count(2);
  return client;
}

export async function loggedInWebsocket(port: number): Promise<{ socket: WebSocket; received: Received }> {
  const client = await websocket(port);
  client.socket.send(Buffer.concat([HELLO, LOGIN]));
  await client.received.count(2);
  return client;
}
