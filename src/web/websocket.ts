/** What is used of the browser's WebSocket. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  // `never`: handlers of any event may stand here, the browser's own types too.
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** Its constructor: `globalThis.WebSocket`, or one that behaves like it. */
export type WebSocketConstructor = new (url: string, subprotocols: string[]) => WebSocketLike;
