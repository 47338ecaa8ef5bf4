// An IM server with the commands of polls in addition to those of the protocol.
import { Command, ProtocolError, SendCode, type SendInfo, type SendInfoInit, Terminal } from '@im/protocol';
import { listen, type Server, type ServerConnection } from '@im/protocol/node';
import { APPLICATION_COMMANDS, LIST_POLLS, OPEN_POLL, POLL_CHANGED, VOTE } from './generated/commands.js';
import type { Poll } from './generated/models.js';
import { PollStore } from './poll-store.js';

export async function startServer(port = 0): Promise<Server> {
  const polls = new PollStore();
  const server = await listen({
    port,
    host: '127.0.0.1',
    // Both sides name their commands in the handshake. Different numbers are detected when a client connects.
    commands: APPLICATION_COMMANDS,
    login: ({ accessToken, terminal }) => ({ userId: BigInt(accessToken), terminal: terminal || Terminal.APP, sessionId: 's' }),
    message: (message, connection) => answer(message, connection, polls, server),
  });
  return server;
}

/** Returns the reply. A thrown error is sent as the reply, too. */
function answer(message: SendInfo, connection: ServerConnection, polls: PollStore, server: Server): SendInfoInit | undefined {
  const { user } = connection;
  if (user === undefined) return undefined;
  switch (message.cmd) {
    case Command.PRIVATE_MESSAGE:
      return deliver(message, server);
    case OPEN_POLL.number: {
      // `read` unpacks the payload and checks the rules of the schema.
      const { userId, terminal } = user;
      return OPEN_POLL.reply(polls.open(OPEN_POLL.read(message), { userId, terminal }));
    }
    case VOTE.number: {
      const poll = polls.vote(VOTE.read(message), user.userId);
      notifyAll(poll, server);
      return VOTE.reply(poll);
    }
    case LIST_POLLS.number:
      return LIST_POLLS.reply({ polls: polls.list() });
    default:
      // The client gets UNSUPPORTED_COMMAND.
      return undefined;
  }
}

/** Pushes to all connections. The message is encoded once. */
function notifyAll(poll: Poll, server: Server): void {
  server.connections.broadcast(POLL_CHANGED.message(poll));
}

/** The body of a private message may belong to the application. The server forwards it without knowing its type. */
function deliver({ cmd, data }: SendInfo, server: Server): SendInfoInit {
  if (data?.$case !== 'privateMessage') throw new ProtocolError('INVALID_MESSAGE', 'expected a private message');
  server.connections.get(data.value.receiverId, Terminal.APP)?.push({ cmd, data });
  const value = { code: SendCode.SUCCESS, cmd, messageId: 1n };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
