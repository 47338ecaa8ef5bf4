// The library's own server; it takes TCP and WebSocket on one port.
import { entry } from '../../library.mjs';
import { FIRST_MESSAGE_ID, HEARTBEAT_INTERVAL_MS, TERMINAL } from '../world.mjs';

const { Command, ProtocolError, SendCode, Terminal } = await entry('index');
const { listen } = await entry('node');

const TERMINALS = [Terminal.WEB, Terminal.APP, Terminal.PC];

export async function start(users) {
  return (await startServer(users)).port;
}

export async function startServer(users) {
  const userIds = new Map(users.map(({ token, id }) => [token, id]));
  let messageId = FIRST_MESSAGE_ID;
  let sessions = 0;
  const server = await listen({
    port: 0,
    host: '127.0.0.1',
    heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
    login: async ({ accessToken }) => {
      const userId = userIds.get(accessToken);
      if (userId === undefined) throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
      return { userId, terminal: TERMINAL.number, sessionId: `s-${++sessions}` };
    },
    // The session has checked the sender, and the codec everything else.
    message: async ({ cmd, data }) => {
      data.value.content.messageId = ++messageId;
      if (cmd === Command.GROUP_MESSAGE) server.connections.broadcast({ cmd, data });
      else for (const connection of connectionsOf(data.value.receiverId)) connection.push({ cmd, data });
      return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: SendCode.SUCCESS, cmd, messageId } } };
    },
  });

  function connectionsOf(userId) {
    const all = TERMINALS.map((terminal) => server.connections.get(userId, terminal));
    return all.filter((connection) => connection !== undefined);
  }

  return server;
}
