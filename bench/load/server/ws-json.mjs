// A plain server of JSON over ws, as many are: what a good one does, and no more.
import { Directory } from './directory.mjs';
import { listen } from './listen-ws.mjs';
import { isAcceptable } from './message-rules.mjs';

/** @param sendToAll how a message gets to many: (sockets, message). */
export function startWsJson(users, sendToAll) {
  const directory = new Directory(users);

  function login(socket, { sequence, login: { accessToken, terminal } }) {
    const session = directory.logIn(accessToken, terminal, socket);
    if (session === undefined) {
      socket.close(4032);
      return undefined;
    }
    socket.once('close', () => directory.logOut(session, socket));
    socket.send(JSON.stringify({ cmd: 'LOGIN', replyTo: sequence, session }));
    return session;
  }

  function take(socket, session, { cmd, sequence, privateMessage, groupMessage }) {
    const message = privateMessage ?? groupMessage;
    if (message === undefined || !isAcceptable(message, session)) return socket.close(4025);
    message.content.messageId = directory.nextMessageId();
    const sendResult = { code: 'SUCCESS', cmd, messageId: message.content.messageId };
    socket.send(JSON.stringify({ cmd: 'SEND_RESULT', replyTo: sequence, sendResult }));
    if (groupMessage !== undefined) return sendToAll(directory.members, { cmd, groupMessage });
    const text = JSON.stringify({ cmd, privateMessage });
    for (const receiver of directory.of(privateMessage.receiverId)) receiver.send(text);
  }

  return listen((socket) => {
    let session;
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (session === undefined) session = login(socket, message);
      else take(socket, session, message);
    });
  });
}
