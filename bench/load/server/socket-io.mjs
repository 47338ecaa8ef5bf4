// Socket.IO as its manual has it: a middleware that looks at the token, a room for the group, acknowledgements.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { GROUP, HEARTBEAT_INTERVAL_MS } from '../world.mjs';
import { Directory } from './directory.mjs';
import { isAcceptable } from './message-rules.mjs';

export async function start(users) {
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: HEARTBEAT_INTERVAL_MS,
  });
  // "This will save some memory": https://socket.io/docs/v4/memory-usage/
  io.engine.on('connection', (connection) => {
    connection.request = null;
  });
  const directory = new Directory(users);
  io.use((socket, next) => {
    const { accessToken, terminal } = socket.handshake.auth;
    const session = directory.logIn(accessToken, terminal, socket);
    if (session === undefined) return next(new Error('UNAUTHENTICATED'));
    socket.data = session;
    next();
  });
  io.on('connection', (socket) => serve(io, directory, socket));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return http.address().port;
}

function serve(io, directory, socket) {
  const session = socket.data;
  socket.join(GROUP.idText);
  socket.emit('session', session);
  socket.once('disconnect', () => directory.logOut(session, socket));

  const accept = (cmd, message, acknowledge) => {
    if (!isAcceptable(message, session)) {
      socket.disconnect(true);
      return false;
    }
    message.content.messageId = directory.nextMessageId();
    acknowledge({ code: 'SUCCESS', cmd, messageId: message.content.messageId });
    return true;
  };
  socket.on('private', (message, acknowledge) => {
    if (!accept('PRIVATE_MESSAGE', message, acknowledge)) return;
    for (const receiver of directory.of(message.receiverId)) receiver.emit('private', message);
  });
  socket.on('group', (message, acknowledge) => {
    if (accept('GROUP_MESSAGE', message, acknowledge)) io.to(GROUP.idText).emit('group', message);
  });
}
