// The WebSocket of React Native over ws, with what differs from a browser (Libraries/WebSocket/WebSocket.js): no `bufferedAmount`, `protocol`
// only in newer releases, the reason of a failure in `onclose`, and a socket that opens although it was closed while it connected.
import { WebSocket as Native } from 'ws';
import type { WebSocketLike } from '../../../src/web/index.js';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

type Handler = ((event: never) => void) | null;

/** The constructor. @param reportsProtocol false: as before React Native 0.59. */
export function reactNative(reportsProtocol: boolean) {
  return class ReactNativeSocket implements WebSocketLike {
    static readonly all: ReactNativeSocket[] = [];
    declare readonly bufferedAmount: number | undefined;
    protocol: string | undefined;
    readyState = CONNECTING;
    onopen: Handler = null;
    onmessage: Handler = null;
    onclose: Handler = null;
    onerror: Handler = null;
    readonly native: Native;
    #binaryType = '';

    constructor(
      readonly url: string,
      protocols: string | string[] | null,
      options?: { headers?: Record<string, string> },
    ) {
      ReactNativeSocket.all.push(this);
      const names = typeof protocols === 'string' ? [protocols] : (protocols ?? []);
      this.native = new Native(url, names, { headers: options?.headers ?? {}, perMessageDeflate: false });
      this.native.on('open', () => {
        this.readyState = OPEN;
        if (reportsProtocol) this.protocol = this.native.protocol;
        this.#dispatch(this.onopen, {});
      });
      this.native.on('message', (data, isBinary) => {
        // base64 goes over the bridge.
        const bytes = Buffer.from((data as Buffer).toString('base64'), 'base64');
        this.#dispatch(this.onmessage, { data: isBinary ? new Uint8Array(bytes).buffer : String(data) });
      });
      this.native.on('close', (code, reason) => this.#over(code, String(reason)));
      this.native.on('error', ({ message }) => {
        if (this.readyState === CLOSED) return;
        this.readyState = CLOSED;
        this.#dispatch(this.onerror, {});
        this.#dispatch(this.onclose, { code: 1006, reason: message });
      });
    }

    get binaryType(): string {
      return this.#binaryType;
    }

    set binaryType(type: string) {
      if (type !== 'blob' && type !== 'arraybuffer') throw new Error("binaryType must be either 'blob' or 'arraybuffer'");
      this.#binaryType = type;
    }

    send(data: unknown): void {
      if (this.readyState === CONNECTING) throw new Error('INVALID_STATE_ERR');
      if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) throw new Error('Unsupported data type');
      if (this.native.readyState === Native.OPEN) this.native.send(data);
    }

    close(code = 1000, reason = ''): void {
      if (this.readyState === CLOSING || this.readyState === CLOSED) return;
      this.readyState = CLOSING;
      // Android does not know the socket before it is open.
      if (this.native.readyState === Native.OPEN) this.native.close(code, reason);
    }

    #over(code: number, reason: string): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#dispatch(this.onclose, { code, reason });
    }

    #dispatch(handler: Handler, event: object): void {
      handler?.call(this, event as never);
    }
  };
}
