// A path for a Unix socket, and a client on it.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { HELLO, LOGIN, Received } from './foreign.js';

/** In a folder that ends with the test. */
export function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'im-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'im.sock');
}

/** A client that has logged in. */
export async function tcpOver(path: string): Promise<Received> {
  const received = new Received();
  const socket = createConnection(path);
  socket
    .on('data', (chunk) => received.take(chunk))
    .on('close', () => received.end())
    .on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(Buffer.concat([HELLO, LOGIN]));
  await received.count(2);
  return received;
}
