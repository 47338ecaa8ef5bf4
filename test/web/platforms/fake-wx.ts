// `wx` as WeChat has it, over ws: https://developers.weixin.qq.com/miniprogram/en/dev/api/network/websocket/wx.connectSocket.html
// The code of a mini-program and the platform are two realms; the event `onOpen` has no header; messages are strings or whole ArrayBuffers.
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import type { MiniProgramApi, SocketTaskLike } from '../../../src/web/index.js';

type ConnectOptions = Parameters<MiniProgramApi['connectSocket']>[0];

const MAX_SOCKETS = 5;

/** An ArrayBuffer of the other realm with a copy of these bytes. */
const foreignBuffer = runInNewContext('(bytes) => Uint8Array.from(bytes).buffer') as (bytes: Iterable<number>) => ArrayBuffer;

export class FakeWx implements MiniProgramApi {
  readonly tasks: FakeTask[] = [];
  readonly network = new Set<(status: { isConnected: boolean }) => void>();
  readonly shown = new Set<() => void>();
  /** Domains are in a list; another fails. */
  isAllowed = true;

  connectSocket(options: ConnectOptions): FakeTask {
    const task = new FakeTask(this, options);
    const open = this.tasks.filter(({ isOver }) => !isOver);
    const error = !this.isAllowed
      ? 'connectSocket:fail url not in domain list'
      : open.length >= MAX_SOCKETS
        ? 'connectSocket:fail exceed max socket connection count 5'
        : undefined;
    if (error === undefined) {
      this.tasks.push(task);
      task.connect();
      later(() => options.success());
    } else later(() => options.fail({ errMsg: error }));
    later(() => options.complete());
    return task;
  }

  onNetworkStatusChange(listener: (status: { isConnected: boolean }) => void): void {
    this.network.add(listener);
  }

  offNetworkStatusChange(listener: (status: { isConnected: boolean }) => void): void {
    this.network.delete(listener);
  }

  onAppShow(listener: () => void): void {
    this.shown.add(listener);
  }

  offAppShow(listener: () => void): void {
    this.shown.delete(listener);
  }

  /** The mini-program goes to the background: the platform closes its sockets. */
  hide(): void {
    for (const task of this.tasks) task.interrupt();
  }
}

/** A call into the platform is answered later. */
function later(callback: () => void): void {
  setTimeout(callback);
}

export class FakeTask implements SocketTaskLike {
  isOver = false;
  /** Sizes of the messages sent. */
  readonly sent: number[] = [];
  /** Fails all messages from now on. */
  doesFail = false;
  readonly #wx: FakeWx;
  readonly #options: ConnectOptions;
  readonly #on = { open: [], message: [], close: [], error: [] } as Record<string, ((event: never) => void)[]>;
  #socket: WebSocket | undefined;

  constructor(wx: FakeWx, options: ConnectOptions) {
    this.#wx = wx;
    this.#options = options;
  }

  connect(): void {
    const { url, protocols, header } = this.#options;
    const socket = new WebSocket(url, protocols, { headers: header ?? {}, perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => this.#fire('open', {}));
    socket.on('message', (data, isBinary) =>
      this.#fire('message', { data: isBinary ? foreignBuffer(data as Buffer) : String(data) }),
    );
    socket.on('error', ({ message }) => this.#fire('error', { errMsg: message }));
    socket.on('close', (code, reason) => this.#over(code, String(reason)));
  }

  interrupt(): void {
    if (this.isOver) return;
    this.#socket?.removeAllListeners('close');
    this.#socket?.terminate();
    this.#over(1006, 'interrupted');
  }

  send({ data, success, fail, complete }: Parameters<SocketTaskLike['send']>[0]): void {
    const refuse = (errMsg: string): void => {
      later(() => fail({ errMsg }));
      later(complete);
    };
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      refuse('sendSocketMessage:fail SocketTask.readyState is not OPEN');
      return;
    }
    // A view is no ArrayBuffer to the platform.
    if (this.doesFail || Object.prototype.toString.call(data) !== '[object ArrayBuffer]') {
      refuse('sendSocketMessage:fail data type error');
      return;
    }
    const bytes = new Uint8Array(foreignBuffer(new Uint8Array(data)));
    this.sent.push(bytes.length);
    this.#socket.send(bytes, () => {
      success();
      complete();
    });
  }

  close({ code, reason, success, fail, complete }: Parameters<SocketTaskLike['close']>[0]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.close(code, reason);
      later(success);
    } else later(() => fail({ errMsg: 'closeSocket:fail SocketTask.readyState is not OPEN' }));
    later(complete);
  }

  onOpen(listener: (event: { header?: object }) => void): void {
    this.#on.open.push(listener);
  }

  onMessage(listener: (event: { data: unknown }) => void): void {
    this.#on.message.push(listener);
  }

  onClose(listener: (event: { code?: number; reason?: string }) => void): void {
    this.#on.close.push(listener);
  }

  onError(listener: (event: { errMsg?: string }) => void): void {
    this.#on.error.push(listener);
  }

  #over(code: number, reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#wx.tasks.splice(this.#wx.tasks.indexOf(this), 1);
    this.#fire('close', { code, reason });
  }

  #fire(name: string, event: object): void {
    for (const listener of this.#on[name]) listener(event as never);
  }
}
