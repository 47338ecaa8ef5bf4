// A client that is not of this library's making: bytes on a socket.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { createHello, encodeFrame, type Frame, FrameDecoder, type InvalidFrame, type SendInfoInit } from '../../src/index.js';
import { TOKEN } from './host.js';

export const HELLO = encodeFrame('Hello', createHello());

export function send(message: SendInfoInit): Uint8Array {
  return encodeFrame('SendInfo', message);
}

export const LOGIN = send({ cmd: 1, sequence: 1, data: { $case: 'login', value: TOKEN } });

/** What a foreign client has been told, and how its transport has ended. */
export class Told {
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

export async function tcp(port: number): Promise<{ socket: Socket; told: Told }> {
  const socket = createConnection(port, '127.0.0.1');
  const told = new Told();
  socket.on('data', (chunk) => told.take(chunk));
  socket.on('close', () => told.end());
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, told };
}

export async function websocket(
  port: number,
  subprotocols: string[] = ['im.v1', 'im'],
  options: ClientOptions = {},
): Promise<{ socket: WebSocket; told: Told }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocols, { perMessageDeflate: false, ...options });
  const told = new Told();
  socket.on('message', (data) => told.take(data as Buffer));
  socket.on('close', (code) => told.end(code));
  socket.on('error', () => {});
  onTestFinished(() => void socket.terminate());
  await once(socket, 'open');
  return { socket, told };
}

/** A foreign client that has logged in. */
export async function loggedInTcp(port: number): Promise<{ socket: Socket; told: Told }> {
  const client = await tcp(port);
  client.socket.write(Buffer.concat([HELLO, LOGIN]));
  await client.told.count(2);
  return client;
}

export async function loggedInWebsocket(port: number): Promise<{ socket: WebSocket; told: Told }> {
  const client = await websocket(port);
  client.socket.send(Buffer.concat([HELLO, LOGIN]));
  await client.told.count(2);
  return client;
}
