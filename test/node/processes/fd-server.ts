// A server on the file descriptor that the process has inherited, as from systemd: prints its port.
import { listen } from '../../../src/node/index.js';

const server = await listen({ fd: 3, login: () => ({ userId: 1n, terminal: 1 }), message: () => undefined });
console.log(server.port);
