import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import type { ListenOptions } from './listen-options.js';

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

/** Removes the socket of a process that was killed: nobody listens on it. */
async function removeAbandoned(path: string): Promise<void> {
  const isSocket = await lstat(path).then(
    (file) => file.isSocket(),
    () => false,
  );
  if (isSocket && (await isRefused(path))) await rm(path, { force: true });
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
