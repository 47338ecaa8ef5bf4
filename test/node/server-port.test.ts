import { expect, it } from 'vitest';
import { listen } from '../../src/node/index.js';

const handlers = { login: () => ({ userId: 1n, terminal: 1 }), message: () => undefined };

it('a server that has ended keeps its port number, for the server that replaces it', async () => {
  const server = await listen({ ...handlers, host: '127.0.0.1' });
  const { port } = server;
  expect(port).toBeGreaterThan(0);
  await server.close();
  expect(server.port).toBe(port);
  const next = await listen({ ...handlers, host: '127.0.0.1', port });
  expect(next.port).toBe(port);
  await next.close();
});
