// Opens a TCP or WebSocket connection for `handshake`. Every wait has a timeout.
import { once } from 'node:events';
import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Failure, INVALID, usageError } from '../exit.js';

export interface Connection {
  /** The subprotocol that the server picked; undefined for TCP. */
  readonly subprotocol: string | undefined;
  /** The reason for the close, to be appended to a message: empty, or `: ` and a text. */
  readonly closeText: string;
  send(bytes: Uint8Array): void;
  /** The next bytes; undefined at the end of the connection. */
  next(timeoutMs: number): Promise<Uint8Array | undefined>;
  close(): void;
}

/** @throws Failure for an invalid URL, or if the connection fails. */
export async function dial(
  text: string,
  subprotocols: readonly string[],
  timeoutMs: number,
  insecure: boolean,
): Promise<Connection> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  switch (url?.protocol) {
    case 'tcp:':
    case 'tls:':
      return dialTcp(url, timeoutMs, insecure);
    case 'ws:':
    case 'wss:':
      return dialWebsocket(url, subprotocols, timeoutMs, insecure);
    default:
      throw usageError('handshake needs a URL with tcp://, tls://, ws:// or wss://');
  }
}

/** Received bytes, and the reader that waits for them. */
class Inbox {
  closeText = '';
  readonly #chunks: Uint8Array[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#wake?.();
  }

  end(text = ''): void {
    this.#isEnded = true;
    this.closeText ||= text;
    this.#wake?.();
  }

  async next(timeoutMs: number): Promise<Uint8Array | undefined> {
    if (this.#chunks.length === 0 && !this.#isEnded) {
      const waiting = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await withinTime(waiting, timeoutMs, 'no data from the server');
    }
    return this.#chunks.shift();
  }
}

async function dialTcp({ protocol, hostname, port }: URL, timeoutMs: number, insecure: boolean): Promise<Connection> {
  if (port === '') throw usageError('the URL needs a port');
  const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  const socket: Socket =
    protocol === 'tls:'
      ? connectTls({ ...address, ...(isIP(address.host) === 0 && { servername: address.host }), rejectUnauthorized: !insecure })
      : createConnection(address);
  await opened(once(socket, protocol === 'tls:' ? 'secureConnect' : 'connect'), timeoutMs, () => socket.destroy());
  const inbox = new Inbox();
  socket.on('data', (bytes) => inbox.push(bytes));
  socket.on('error', ({ message }) => inbox.end(`: ${message}`));
  socket.on('close', () => inbox.end());
  return {
    subprotocol: undefined,
    get closeText() {
      return inbox.closeText;
    },
    send: (bytes) => void socket.write(bytes),
    next: (ms) => inbox.next(ms),
    close: () => socket.destroy(),
  };
}

async function dialWebsocket(
  url: URL,
  subprotocols: readonly string[],
  timeoutMs: number,
  insecure: boolean,
): Promise<Connection> {
  if (url.hash !== '') throw usageError('a WebSocket URL cannot have a fragment');
  const { WebSocket } = await import('ws').catch(() => {
    throw usageError('ws:// and wss:// need the package ws: npm install ws');
  });
  const socket = new WebSocket(url, [...subprotocols], { perMessageDeflate: false, rejectUnauthorized: !insecure });
  const inbox = new Inbox();
  socket.on('message', (data, isBinary) => {
    if (isBinary) inbox.push(data as Uint8Array);
    else inbox.end(': it sent a text message');
  });
  await opened(once(socket, 'open'), timeoutMs, () => socket.terminate());
  socket.on('error', ({ message }) => inbox.end(`: ${message}`));
  socket.on('close', (code, reason) => inbox.end(`: WebSocket ${code} ${reason.toString('utf8')}`.trimEnd()));
  return {
    subprotocol: socket.protocol,
    get closeText() {
      return inbox.closeText;
    },
    send: (bytes) => socket.send(bytes),
    next: (ms) => inbox.next(ms),
    close: () => socket.terminate(),
  };
}

async function opened(open: Promise<unknown>, timeoutMs: number, cancel: () => void): Promise<void> {
  try {
    await withinTime(open, timeoutMs, 'no connection to the server');
  } catch (error) {
    cancel();
    throw error instanceof Failure ? error : new Failure(INVALID, `cannot connect: ${connectText(error)}`);
  }
}

/** Why a connection failed. OpenSSL errors have a short `reason`; an AggregateError for several addresses may have no message. */
function connectText(error: unknown): string {
  const { message, reason, code = '' } = error as Error & { reason?: string; code?: string };
  const status = /^Unexpected server response: (\d+)$/.exec(message)?.[1];
  if (status !== undefined) return `the server responded with HTTP ${status} instead of a WebSocket`;
  if (code.startsWith('ERR_SSL_')) return `TLS: ${reason ?? code}`;
  if (/CERT|SELF_SIGNED|ALTNAME/.test(code)) return `${message} (--insecure accepts any certificate)`;
  return message || code;
}

async function withinTime(promise: Promise<unknown>, timeoutMs: number, text: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Failure(INVALID, `${text} within ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
