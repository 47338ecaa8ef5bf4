// The floor over WebSocket: ws, and answers that are ready.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { eachFrame, FloorAnswers } from './floor.mjs';

const FINAL_BINARY = 0x82;

export async function start(users) {
  const answers = new FloorAnswers(users);
  const members = new Set();
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: ([first]) => first,
  });
  server.on('connection', (websocket, { socket }) => {
    let isLoggedIn = false;
    websocket.on('error', () => {});
    websocket.on('close', () => members.delete(socket));
    websocket.on('message', (bytes) => {
      if (!isLoggedIn) {
        const answer = answers.handshake(bytes);
        if (answer === undefined) return websocket.terminate();
        isLoggedIn = true;
        members.add(socket);
        socket.write(message(answer));
        return;
      }
      const receipt = message(answers.receipt);
      eachFrame(bytes, (frame) => {
        const delivered = message(frame);
        for (const member of members) member.write(delivered);
        socket.write(receipt);
      });
    });
  });
  await once(server, 'listening');
  return server.address().port;
}

/** One write for header and payload, as our server does it. */
function message(payload) {
  const header = payload.length < 126 ? 2 : 4;
  const bytes = Buffer.allocUnsafe(header + payload.length);
  bytes[0] = FINAL_BINARY;
  bytes[1] = header === 2 ? payload.length : 126;
  if (header === 4) bytes.writeUInt16BE(payload.length, 2);
  bytes.set(payload, header);
  return bytes;
}
