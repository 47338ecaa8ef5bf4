import { createServer, type Server } from 'node:net';

export const HOST = '127.0.0.1';

/** The ports of all services. */
export interface Ports {
  readonly namesrv: number;
  /** The port for clients. */
  readonly grpc: number;
  readonly remoting: number;
  readonly broker: number;
  /** For replicas, which are not used. */
  readonly ha: number;
}

/** Below the ephemeral ports: an outgoing connection could otherwise take the port of a broker that restarts. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const IN_A_ROW = 7;

/** Consecutive free ports: the broker also uses its port minus 2. */
export async function freePorts(): Promise<Ports> {
  for (let tries = 0; tries < 100; tries++) {
    const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - IN_A_ROW));
    if (await areFree(first, IN_A_ROW)) {
      return { namesrv: first, grpc: first + 1, remoting: first + 2, broker: first + 5, ha: first + 6 };
    }
  }
  throw new Error(`no ${IN_A_ROW} free ports in a row from ${LOWEST} to ${HIGHEST}`);
}

async function areFree(first: number, count: number): Promise<boolean> {
  const servers = await Promise.all(Array.from({ length: count }, (_, index) => listenOn(first + index)));
  await Promise.all(servers.map((server) => server && new Promise((resolve) => server.close(resolve))));
  return servers.every((server) => server !== undefined);
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: HOST, port, exclusive: true }, () => resolve(server));
  });
}
