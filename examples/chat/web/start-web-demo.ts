import { openBroker } from '../broker/open-broker.js';
import type { ImServer } from '../server/im-server.js';
import type { Chat } from '../start-chat.js';
import { startChat } from '../start-chat.js';
import { pageServer } from './serve-page.js';
import { startOldClient } from './start-old-client.js';
import { ASSISTANT, GROUP, PEOPLE, ROOM, USERS } from './users.js';

const SERVER_ID = 1;

export interface WebDemo {
  readonly chat: Chat;
  readonly server: ImServer;
  /** The page of each user. */
  readonly urls: readonly string[];
  /** Ends the IM server alone, as if it had crashed, and starts it again on the same port. Platform and queue go on. */
  restart(downMs?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the chat with one IM server, which serves the page of its clients as well, on one port of this machine.
 * @param port 0 = any.
 * @param script Path of the script of the page. Default: that of the demo.
 * @throws RangeError, or an error of the system, for a port that cannot be used.
 */
export async function startWebDemo(port: number, script?: string): Promise<WebDemo> {
  const chat = await startChat({
    broker: openBroker(),
    people: {
      users: new Map(PEOPLE.map(({ userId, name }) => [userId, name])),
      groups: new Map([[GROUP.groupId, GROUP.memberIds]]),
      rooms: new Set([ROOM.roomId]),
      assistantId: ASSISTANT.userId,
    },
  });
  try {
    return await startServers(chat, port, script);
  } catch (error) {
    // The port is in use, or invalid.
    await chat.close();
    throw error;
  }
}

async function startServers(chat: Chat, port: number, script: string | undefined): Promise<WebDemo> {
  const http = await pageServer(chat.tokens, script);
  let server = await chat.startServer(SERVER_ID, { port, http });
  const oldClient = await startOldClient(chat.tokens, server.port);
  return {
    chat,
    get server() {
      return server;
    },
    urls: USERS.map(({ name }) => `http://127.0.0.1:${server.port}/?user=${name}`),
    async restart(downMs = 0) {
      const { port: samePort } = server;
      await server.close();
      await chat.platform.serverLost(SERVER_ID);
      await new Promise((done) => setTimeout(done, downMs));
      server = await chat.startServer(SERVER_ID, { port: samePort, http });
    },
    async close() {
      await oldClient.close();
      await chat.close();
    },
  };
}
