// The network between a browser and a server: when it is cut, nothing arrives any more, and neither side hears of it.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CutProxy {
  readonly port: number;
  /** From now on, what is sent vanishes, on the present connections for good. New connections get no answer. */
  cut(): void;
  /** New connections work again. */
  mend(): void;
}

/** A proxy to a port of this machine; it is gone when the test has ended. */
export async function startProxy(target: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream];
    let isDead = isCut;
    cuts.add(() => {
      isDead = true;
    });
    for (const [from, to] of [pair, [upstream, client]]) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (bytes) => void (isDead || to.write(bytes)));
      from.on('close', () => {
        sockets.delete(from);
        if (!isDead) to.destroy();
      });
    }
  });
  const cuts = new Set<() => void>();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const cut of cuts) cut();
      cuts.clear();
    },
    mend() {
      isCut = false;
    },
  };
}
