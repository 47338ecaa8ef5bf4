// What a WebSocket handshake gets over HTTP.
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** What a WebSocket handshake gets; status 101 if it is accepted. */
export async function handshake(port: number, headers: Record<string, string> = {}, path = '/'): Promise<Answer> {
  const websocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['im.v1', 'im'], { headers });
  onTestFinished(() => websocket.terminate());
  const refused = once(websocket, 'unexpected-response') as Promise<[ClientRequest, IncomingMessage]>;
  const opened = once(websocket, 'open');
  websocket.on('error', () => {});
  const first = await Promise.race([refused, opened]);
  if (first.length === 0) return { status: 101, text: '', headers: {} };
  const [, response] = first as [ClientRequest, IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, text, headers: response.headers };
}
