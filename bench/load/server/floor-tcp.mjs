// The floor over TCP: node:net, and answers that are ready.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { eachFrame, FloorAnswers } from './floor.mjs';

export async function start(users) {
  const answers = new FloorAnswers(users);
  const members = new Set();
  const server = createServer({ noDelay: true }, (socket) => {
    let rest;
    let isLoggedIn = false;
    socket.on('error', () => {});
    socket.on('close', () => members.delete(socket));
    socket.on('data', (chunk) => {
      let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      if (!isLoggedIn) {
        if (bytes.length < answers.handshakeBytes) {
          rest = bytes;
          return;
        }
        const answer = answers.handshake(bytes);
        if (answer === undefined) return void socket.destroy();
        isLoggedIn = true;
        members.add(socket);
        socket.write(answer);
        bytes = bytes.subarray(answers.handshakeBytes);
      }
      rest = eachFrame(bytes, (frame) => {
        for (const member of members) member.write(frame);
        socket.write(answers.receipt);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}
