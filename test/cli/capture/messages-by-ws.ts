// A WebSocket as ws reads it.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import * as ws from 'ws';

const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** @param stream one direction of a connection, with its HTTP. Returns the messages in hex; those of text are an error. */
export async function messagesByWs(stream: Buffer): Promise<string[]> {
  const start = stream.indexOf('\r\n\r\n') + 4;
  const receiver = new Receiver({ isServer: stream.toString('latin1', 0, 3) === 'GET' });
  const messages: string[] = [];
  let hasText = false;
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    hasText ||= !isBinary;
    messages.push(data.toString('hex'));
  });
  receiver.end(stream.subarray(start));
  await once(receiver, 'finish');
  if (hasText) throw new Error('a text message');
  return messages;
}
