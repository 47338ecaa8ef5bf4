// A foreign server in a process: it answers what it is asked, says something each half second, and never gives a client up.
import { createServer, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerHello, encodeFrame, FrameDecoder, type SendInfoInit } from '../../../src/index.js';

const SESSION = { $case: 'session', value: { userId: 1n, terminal: 1 } } as const;

/** Takes what one client says. Returns what says something to it. */
function serve(send: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
  const decoder = new FrameDecoder();
  const say = (message: SendInfoInit): void => send(encodeFrame('SendInfo', message));
  return (bytes) => {
    for (const frame of decoder.push(bytes)) {
      if (frame.type === 'Hello') {
        const { welcome } = answerHello(frame.message, { versions: [1], heartbeatIntervalMs: 1000, serverTimeMs: 1n });
        send(encodeFrame('Welcome', welcome!));
      } else if (frame.type === 'SendInfo') {
        const { cmd, sequence, data } = frame.message;
        // More than one turn of the event loop reads.
        if (cmd === 1001) for (let i = 0; i < 40; i++) send(LARGE);
        if (sequence !== 0) say({ cmd, replyTo: sequence, data: cmd === 1 ? SESSION : data });
      }
    }
  };
}

const LARGE = encodeFrame('SendInfo', {
  cmd: 1000,
  data: { $case: 'custom', value: { typeUrl: 'a/b', value: new Uint8Array(100_000) } },
});
const PUSH = encodeFrame('SendInfo', { cmd: 1000 });

function attach(send: (bytes: Uint8Array) => void, onClose: (stop: () => void) => void): (bytes: Uint8Array) => void {
  const timer = setInterval(() => send(PUSH), 500);
  onClose(() => {
    clearInterval(timer);
    console.log('closed');
  });
  return serve(send);
}

const tcp = createServer((socket: Socket) => {
  const take = attach(
    (bytes) => void socket.write(bytes),
    (stop) => socket.on('close', stop),
  );
  socket.on('data', take);
  socket.on('error', () => {});
});
const web = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, handleProtocols: () => 'im.v1' });
web.on('connection', (socket) => {
  const take = attach(
    (bytes) => socket.send(bytes),
    (stop) => socket.on('close', stop),
  );
  socket.on('message', (data) => take(data as Buffer));
  socket.on('error', () => {});
});
tcp.listen(0, '127.0.0.1', () => {
  console.log((tcp.address() as { port: number }).port);
  console.log((web.address() as { port: number }).port);
});
