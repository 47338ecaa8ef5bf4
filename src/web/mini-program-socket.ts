import type { SocketAdapter, SocketEvents, WebSocketLike } from './websocket-transport.js';

/** What the callback `fail` gets. */
export interface MiniProgramFailure {
  readonly errMsg?: string | undefined;
}

/** Callbacks of a call to the platform. */
export interface MiniProgramCallbacks {
  success(): void;
  fail(failure?: MiniProgramFailure): void;
  complete(): void;
}

/** The members of a `SocketTask` that are used. */
export interface SocketTaskLike {
  send(options: MiniProgramCallbacks & { data: ArrayBuffer }): void;
  close(options: MiniProgramCallbacks & { code: number; reason: string }): void;
  onOpen(listener: (event?: { readonly header?: object | undefined }) => void): void;
  onMessage(listener: (event: { readonly data: unknown }) => void): void;
  onClose(listener: (event?: { readonly code?: number | undefined; readonly reason?: string | undefined }) => void): void;
  onError(listener: (event?: MiniProgramFailure) => void): void;
}

/** The members of `wx` and `uni` that are used, which `tt`, `swan`, `qq` and Taro have too. */
export interface MiniProgramApi {
  connectSocket(
    options: MiniProgramCallbacks & { url: string; protocols: string[]; header?: Record<string, string> },
  ): SocketTaskLike | PromiseLike<SocketTaskLike>;
  onNetworkStatusChange?(listener: (status: { readonly isConnected: boolean }) => void): void;
  // Platforms declare another event for this one.
  offNetworkStatusChange?(listener: () => void): void;
  onAppShow?(listener: () => void): void;
  offAppShow?(listener: () => void): void;
}

/** Options of `miniProgramSocket`. All optional. */
export interface MiniProgramSocketOptions {
  /** Headers of the HTTP request. Default: none. */
  readonly header?: Readonly<Record<string, string>> | undefined;
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const NORMAL = 1000;
/** "MUST NOT be set as a status code in a Close control frame": closed without one (RFC 6455, section 7.4.1). */
const ABNORMAL = 1006;

/**
 * Sockets of mini-programs, for the option `socket` of `connect`: `miniProgramSocket(wx)` in WeChat, `miniProgramSocket(uni)` in uni-app. The
 * client also connects at once when the network comes back or the mini-program is shown again, where the platform reports it.
 */
export function miniProgramSocket(api: MiniProgramApi, options: MiniProgramSocketOptions = {}): SocketAdapter {
  return {
    open: (url, subprotocols) => new MiniProgramSocket(api, url, subprotocols, options),
    watch: (events) => watchMiniProgram(api, events),
  };
}

function watchMiniProgram(api: MiniProgramApi, { online, offline }: SocketEvents): () => void {
  const changed = ({ isConnected }: { readonly isConnected: boolean }): void => (isConnected ? online() : offline());
  const shown = (): void => online();
  api.onNetworkStatusChange?.(changed);
  api.onAppShow?.(shown);
  return () => {
    api.offNetworkStatusChange?.(changed as () => void);
    api.offAppShow?.(shown);
  };
}

/** A SocketTask with the surface of a WebSocket. */
class MiniProgramSocket implements WebSocketLike {
  /** Undefined where the platform hides the header of the response. */
  protocol: string | undefined;
  readyState = CONNECTING;
  binaryType = 'arraybuffer';
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  #task: SocketTaskLike | undefined;
  #unsentBytes = 0;
  /** The platform has called back after a message. One that never does would seem to be full forever. */
  #doesReport = false;

  constructor(api: MiniProgramApi, url: string, subprotocols: readonly string[], { header }: MiniProgramSocketOptions) {
    const task = api.connectSocket({
      url,
      protocols: [...subprotocols],
      ...(header && { header: { ...header } }),
      // uni returns the task only if there is a callback, and otherwise a promise.
      ...this.#callbacks((failure) => this.#end(ABNORMAL, failure)),
    });
    if (isPromise(task)) {
      task.then(
        (opened) => this.#attach(opened),
        (failure) => this.#end(ABNORMAL, failure),
      );
    } else this.#attach(task);
  }

  get bufferedAmount(): number {
    return this.#doesReport ? this.#unsentBytes : 0;
  }

  send(bytes: Uint8Array): void {
    const { length } = bytes;
    let isSettled = false;
    const settle = (): void => {
      if (isSettled) return;
      isSettled = true;
      this.#doesReport = true;
      this.#unsentBytes -= length;
    };
    this.#unsentBytes += length;
    this.#task?.send({
      data: wholeBuffer(bytes),
      success: settle,
      complete: settle,
      // The message is lost, so the connection is too.
      fail: (failure) => {
        settle();
        this.#end(ABNORMAL, failure);
        this.#closeTask(NORMAL, '');
      },
    });
  }

  close(code = NORMAL, reason = ''): void {
    if (this.readyState >= CLOSING) return;
    this.readyState = CLOSING;
    this.#closeTask(code, reason);
  }

  #attach(task: SocketTaskLike): void {
    this.#task = task;
    task.onOpen((event) => {
      // Platforms refuse to close a socket that is not open yet.
      if (this.readyState !== CONNECTING) return this.#closeTask(NORMAL, '');
      this.protocol = subprotocolIn(event?.header);
      this.readyState = OPEN;
      this.onopen?.(undefined as never);
    });
    task.onMessage(({ data }) => {
      if (this.readyState !== CLOSED) this.onmessage?.({ data } as never);
    });
    task.onClose((event) => this.#end(event?.code, { errMsg: event?.reason }));
    // Some platforms report an error without a close.
    task.onError((failure) => {
      this.#end(ABNORMAL, failure);
      this.#closeTask(NORMAL, '');
    });
    if (this.readyState !== CONNECTING) this.#closeTask(NORMAL, '');
  }

  #closeTask(code: number, reason: string): void {
    try {
      // Refused if the socket is closed already, or not open yet.
      this.#task?.close({ code, reason, ...this.#callbacks(() => {}) });
    } catch {
      // As above, where the platform throws.
    }
  }

  #end(code: number | undefined, failure: MiniProgramFailure | undefined): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    const message = failure?.errMsg;
    // Later, since the platform may fail before the listeners are set.
    void Promise.resolve().then(() => {
      if (message) this.onerror?.({ message } as never);
      this.onclose?.({ code, reason: message ?? '' } as never);
    });
  }

  #callbacks(fail: MiniProgramCallbacks['fail']): MiniProgramCallbacks {
    return { success() {}, complete() {}, fail };
  }
}

function isPromise(task: SocketTaskLike | PromiseLike<SocketTaskLike>): task is PromiseLike<SocketTaskLike> {
  return typeof (task as { then?: unknown }).then === 'function';
}

/** The subprotocol of the server, `''` if it selected none; undefined without a header. */
function subprotocolIn(header: object | undefined): string | undefined {
  const names = Object.entries(header ?? {});
  if (names.length === 0) return undefined;
  const found = names.find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  // Some platforms show a part of the header.
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}

/** The bytes as an ArrayBuffer without other bytes: platforms refuse views. */
function wholeBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) return buffer;
  return new Uint8Array(bytes).buffer;
}
