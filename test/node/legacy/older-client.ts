// A client of an older system, written after its traffic: JSON texts on WebSocket, or after a length on TCP. It uses nothing of this library.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export class OlderClient {
  /** The texts that have arrived. */
  readonly texts: string[] = [];
  isClosed = false;
  closeCode: number | undefined;
  readonly #write: (text: string) => void;
  readonly #socket: Socket | WebSocket;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket | WebSocket, write: (text: string) => void) {
    this.#socket = socket;
    this.#write = write;
    onTestFinished(() => void (socket instanceof WebSocket ? socket.terminate() : socket.destroy()));
  }

  static async websocket(port: number, path = '/im'): Promise<OlderClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const client = new OlderClient(socket, (text) => socket.send(text));
    socket.on('message', (data, isBinary) => client.#take(isBinary ? `binary ${data}` : String(data)));
    socket.on('close', (code) => client.#end(code));
    socket.on('error', () => {});
    await once(socket, 'open');
    return client;
  }

  static async tcp(port: number, lengthBytes: 4 | 8): Promise<OlderClient> {
    const socket = createConnection(port, '127.0.0.1');
    const client = new OlderClient(socket, (text) => socket.write(framed(text, lengthBytes)));
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= lengthBytes) {
        const length = lengthBytes === 8 ? Number(rest.readBigInt64BE()) : rest.readInt32BE();
        if (rest.length < lengthBytes + length) break;
        client.#take(rest.toString('utf8', lengthBytes, lengthBytes + length));
        rest = rest.subarray(lengthBytes + length);
      }
    });
    socket.on('close', () => client.#end());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return client;
  }

  /** Sends JSON, or a text as it is. */
  send(message: object | string): void {
    this.#write(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends bytes: on WebSocket as a binary message. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#socket instanceof WebSocket) this.#socket.send(bytes);
    else this.#socket.write(bytes);
  }

  /** Sends LOGIN, and waits for the answer. */
  async login(accessToken: string, devId: number | string = 7): Promise<this> {
    this.send({ cmd: 0, data: { accessToken, devId } });
    await this.count(1);
    return this;
  }

  /** The messages that have arrived. */
  get messages(): { cmd: number; data: unknown }[] {
    return this.texts.map((text) => JSON.parse(text));
  }

  count(texts: number): Promise<void> {
    return this.#until(() => this.texts.length >= texts || this.isClosed);
  }

  closed(): Promise<void> {
    return this.#until(() => this.isClosed);
  }

  close(): void {
    if (this.#socket instanceof WebSocket) this.#socket.close();
    else this.#socket.end();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  #take(text: string): void {
    this.texts.push(text);
    this.#wake();
  }

  #end(code?: number): void {
    this.isClosed = true;
    this.closeCode = code;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export function framed(text: string, lengthBytes: 4 | 8): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes === 8) length.writeBigInt64BE(BigInt(body.length));
  else length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}
