// A TCP balancer in front of the servers, as nginx in a deployment: each connection goes to the next server that lives.
import { connect, createServer } from 'node:net';
import { Calls } from '../../examples/chat/process/calls.js';

let ports: readonly number[] = [];
let next = 0;

const server = createServer({ noDelay: true }, (client) => {
  client.on('error', () => {});
  if (ports.length === 0) {
    client.destroy();
    return;
  }
  next = (next + 1) % ports.length;
  const upstream = connect({ port: ports[next], host: '127.0.0.1', noDelay: true });
  upstream.on('error', () => {});
  client.pipe(upstream).pipe(client);
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
});

new Calls(process, {
  start: () =>
    new Promise<number>((resolve) => {
      server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    }),
  use: (chosen: readonly number[]) => {
    ports = chosen;
  },
});

process.once('disconnect', () => process.exit());
