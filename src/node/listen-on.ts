import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import type { ListenOptions } from './listen-options.js';
import { lockFile } from './lock-file.js';

const STARTING_MS = 50;
/** Longer than the others need to find that nobody listens, and to listen. */
const LOCK_WAIT_MS = 5000;
const LOCK_RETRY_MS = 10;

/**
 * Listens where the options say.
 * @throws Error of the system if it cannot.
 */
export async function listenOn(net: Server, { port = 0, host, unix, fd }: ListenOptions): Promise<void> {
  if (unix !== undefined) return listenOnUnix(net, unix);
  if (fd !== undefined) net.listen({ fd });
  else net.listen(port, host);
  await once(net, 'listening');
}

async function listenOnUnix(net: Server, path: string): Promise<void> {
  const unlock = await removeAbandoned(path);
  try {
    net.listen(path);
    await once(net, 'listening');
  } finally {
    await unlock();
  }
}

/**
 * Removes the socket of a process that was killed: nobody listens on it. Of several processes that find it, one at a time removes it and listens,
 * until it calls the returned function; the others then fail with EADDRINUSE.
 */
async function removeAbandoned(path: string): Promise<() => Promise<void>> {
  if (!(await isSocket(path)) || !(await isAbandoned(path))) return async () => {};
  const unlock = await lockWithin(`${path}.lock`, LOCK_WAIT_MS);
  // Another process may listen by now.
  if ((await isSocket(path)) && (await isAbandoned(path))) await rm(path, { force: true });
  return unlock;
}

/** Without the lock after that time, the system decides who listens. */
async function lockWithin(path: string, ms: number): Promise<() => Promise<void>> {
  const endMs = performance.now() + ms;
  for (;;) {
    try {
      return await lockFile(path);
    } catch {
      if (performance.now() >= endMs) return async () => {};
      await new Promise((resolve) => void setTimeout(resolve, LOCK_RETRY_MS));
    }
  }
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSocket();
  } catch {
    return false;
  }
}

/** Twice: between `bind` and `listen` the socket of a process that starts refuses connections too. */
async function isAbandoned(path: string): Promise<boolean> {
  if (!(await isRefused(path))) return false;
  await new Promise((resolve) => void setTimeout(resolve, STARTING_MS));
  return isRefused(path);
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
