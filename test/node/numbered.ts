import { HELLO, type Received, send, tcp, websocket } from './foreign.js';

/** A foreign client that is logged in as this user of the server in a process, and can stop reading. */
export async function loggedIn(
  kind: 'tcp' | 'websocket',
  port: number,
  user: bigint,
): Promise<{ received: Received; pause(): void; resume(): void }> {
  const login = send({ cmd: 1, sequence: 1, data: { $case: 'login', value: { accessToken: String(user) } } });
  const flight = Buffer.concat([HELLO, login]);
  if (kind === 'tcp') {
    const { socket, received } = await tcp(port);
    socket.write(flight);
    await received.count(2);
    return { received, pause: () => socket.pause(), resume: () => socket.resume() };
  }
  const { socket, received } = await websocket(port);
  socket.send(flight);
  await received.count(2);
  return { received, pause: () => socket.pause(), resume: () => socket.resume() };
}
