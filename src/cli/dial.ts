// One connection, over TCP or WebSocket, as the handshake wants it: bytes in order, each wait with a bound.
import { once } from 'node:events';
import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Failure, INVALID, usageError } from './exit.js';

export interface Peer {
  /** On WebSocket what the server picked; undefined = TCP. */
  readonly subprotocol: string | undefined;
  /** Behind "has closed the connection". */
  readonly closeText: string;
  send(bytes: Uint8Array): void;
  /** The next bytes; undefined where the connection has ended. */
  next(timeoutMs: number): Promise<Uint8Array | undefined>;
  close(): void;
}

/** @throws Failure for a URL that is none, and for a server that is not there. */
export async function dial(text: string, subprotocols: readonly string[], timeoutMs: number, insecure: boolean): Promise<Peer> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  switch (url?.protocol) {
    case 'tcp:':
    case 'tls:':
      return dialTcp(url, timeoutMs, insecure);
    case 'ws:':
    case 'wss:':
      return dialWebsocket(url, subprotocols, timeoutMs, insecure);
    default:
      throw usageError(`handshake takes tcp://, tls://, ws:// or wss://, got ${text}`);
  }
}

/** What has arrived, and who waits for it. */
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
      await withinTime(waiting, timeoutMs, 'the server sent nothing');
    }
    return this.#chunks.shift();
  }
}

async function dialTcp({ protocol, hostname, port }: URL, timeoutMs: number, insecure: boolean): Promise<Peer> {
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

async function dialWebsocket(url: URL, subprotocols: readonly string[], timeoutMs: number, insecure: boolean): Promise<Peer> {
  if (url.hash !== '') throw usageError('the URL of a WebSocket has no fragment');
  const { WebSocket } = await import('ws').catch(() => {
    throw usageError('ws:// and wss:// need the package ws: npm install ws');
  });
  const socket = new WebSocket(url, [...subprotocols], { perMessageDeflate: false, rejectUnauthorized: !insecure });
  const inbox = new Inbox();
  socket.on('message', (data, isBinary) => {
    if (isBinary) inbox.push(data as Uint8Array);
    else inbox.end(': it sent text');
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
    await withinTime(open, timeoutMs, 'the server does not answer');
  } catch (error) {
    cancel();
    throw error instanceof Failure ? error : new Failure(INVALID, `cannot connect: ${connectText(error)}`);
  }
}

/** Why a connection did not open. OpenSSL has a short reason besides a text of its insides; an address that is two may have no text at all. */
function connectText(error: unknown): string {
  const { message, reason, code = '' } = error as Error & { reason?: string; code?: string };
  const status = /^Unexpected server response: (\d+)$/.exec(message)?.[1];
  if (status !== undefined) return `the server answers HTTP ${status}, and opens no WebSocket`;
  if (code.startsWith('ERR_SSL_')) return `TLS: ${reason ?? code}`;
  if (/CERT|SELF_SIGNED|ALTNAME/.test(code)) return `${message} (--insecure takes any certificate)`;
  return message || code;
}

async function withinTime(promise: Promise<unknown>, timeoutMs: number, text: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Failure(INVALID, `${text} within ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
