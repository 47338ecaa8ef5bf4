// Listening sockets that a child process inherits: their ports are picked by the system, and nobody else can take them meanwhile.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface InheritedPort {
  readonly port: number;
  readonly fd: number;
  /** Closes it in this process. */
  release(): void;
}

export async function inheritedPort(): Promise<InheritedPort> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  return { port: (listener.address() as AddressInfo).port, fd, release: () => void listener.close() };
}
