import { listen, type Server } from '@im/protocol/node';
import { createTokens, createVerifier } from '../platform/tokens.js';
import { ChatService } from './chat-service.js';
import { pageServer } from './serve-page.js';
import { USERS } from './users.js';

export interface WebDemo {
  readonly server: Server;
  /** The page of each user. */
  readonly urls: readonly string[];
}

/**
 * Starts an IM server that serves the page of its clients as well, on one port of this machine.
 * @param port 0 = any.
 */
export async function startWebDemo(port: number): Promise<WebDemo> {
  const tokens = await createTokens();
  const service = new ChatService(await createVerifier(tokens.publicKey));
  const server = await listen({
    host: '127.0.0.1',
    port,
    http: await pageServer(tokens),
    login: (login) => service.login(login),
    onLogin: (connection) => service.onLogin(connection),
    message: (message, connection) => service.message(message, connection),
  });
  service.server = server;
  return { server, urls: USERS.map(({ name }) => `http://127.0.0.1:${server.port}/?user=${name}`) };
}
