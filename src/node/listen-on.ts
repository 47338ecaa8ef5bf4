import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import type { ListenOptions } from './listen-options.js';

const STARTING_MS = 50;

/**
 * Listens where the options say.
 * @throws Error of the system if it cannot.
 */
export async function listenOn(net: Server, { port = 0, host, unix, fd }: ListenOptions): Promise<void> {
  if (unix !== undefined) {
    await removeAbandoned(unix);
    net.listen(unix);
  } else if (fd !== undefined) net.listen({ fd });
  else net.listen(port, host);
  await once(net, 'listening');
}

/**
 * Removes the socket of a process that was killed: nobody listens on it. Of several processes that find it, one listens; the others fail with
 * EADDRINUSE.
 */
async function removeAbandoned(path: string): Promise<void> {
  const found = await socketAt(path);
  if (found === undefined || !(await isAbandoned(path))) return;
  const aside = `${path}.${randomUUID()}`;
  // Another process may have removed it meanwhile, and may listen now: then this is its socket, and is put back.
  if (!(await succeeds(rename(path, aside)))) return;
  if ((await socketAt(aside)) !== found) await succeeds(link(aside, path));
  await rm(aside, { force: true });
}

/** Says which socket has the path: an inode number may be used again at once. Undefined if none has. */
async function socketAt(path: string): Promise<string | undefined> {
  try {
    const file = await lstat(path, { bigint: true });
    return file.isSocket() ? `${file.dev} ${file.ino} ${file.mtimeNs}` : undefined;
  } catch {
    return undefined;
  }
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
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
