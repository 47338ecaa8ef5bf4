// A server in a process: prints its port, then who comes and goes, and what it keeps when it is asked.
import { createInterface } from 'node:readline';
import { listen } from '../../../src/node/index.js';

const [port = '0', maxQueuedBytes = '1048576'] = process.argv.slice(2);

const server = await listen({
  host: '127.0.0.1',
  port: Number(port),
  maxQueuedBytes: Number(maxQueuedBytes),
  login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: 1 }),
  message: ({ cmd, data }) => ({ cmd, data: data?.$case === 'custom' ? data : undefined }),
  onClose: (_connection, error) => console.log(`end ${error?.code}`),
});
console.log(server.port);

const push = { cmd: 1000, data: { $case: 'custom', value: { typeUrl: 'a/b', value: new Uint8Array(50_000) } } } as const;

/** Twice, with a pause: buffers go back after the collection that finds them. */
async function kept(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc!();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

for await (const command of createInterface({ input: process.stdin })) {
  if (command === 'push') for (let i = 0; i < 20; i++) server.connections.broadcast(push);
  else if (command === 'memory') console.log(await kept());
  else if (command === 'count') console.log(server.connectionCount);
  else if (command === 'close') {
    await server.close();
    console.log('closed');
    // Nothing else keeps this process.
    process.stdin.destroy();
    break;
  }
}
