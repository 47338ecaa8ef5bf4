// A server for the configurations of this folder: node server.js. Replace `login` and `message`.
import { answerHealth, drainOnSignal, listen } from '@im/protocol/node';

const { PORT = '9000', HOST, LISTEN_FDS, ID_PREFIX = '', TRUST_PROXY, PROXY_PROTOCOL, NOT_READY_MS = '0' } = process.env;

const server = await listen({
  // The first socket of systemd, or a port.
  ...(LISTEN_FDS === undefined ? { port: Number(PORT), host: HOST } : { fd: 3 }),
  idPrefix: ID_PREFIX,
  maxConnections: 20_000,
  // For example 127.0.0.1: nginx or HAProxy on this machine.
  trustProxy: TRUST_PROXY?.split(','),
  proxyProtocol: PROXY_PROTOCOL === 'on',
  login: ({ accessToken }, { id }) => ({ userId: BigInt(accessToken), terminal: 1, sessionId: id }),
  message: ({ cmd, data }) => ({ cmd, data: data?.$case === 'custom' ? data : undefined }),
  http: (request, response) => answerHealth(server, request, response) || response.writeHead(404).end(),
});

drainOnSignal(server, { notReadyMs: Number(NOT_READY_MS), graceMs: 20_000, reconnectAfterMs: 10_000, reason: 'restart' });
console.log(`listening on port ${server.port}`);
