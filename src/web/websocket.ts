/** What is used of the browser's WebSocket. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(bytes: Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** Its constructor: `globalThis.WebSocket`, or one that behaves like it. */
export type WebSocketConstructor = new (url: string, subprotocols: string[]) => WebSocketLike;
