// Foreign clients in a process: half of them on TCP, half on WebSocket. They log in, send a heartbeat each half second, and never give up.
import { createConnection } from 'node:net';
import { WebSocket } from 'ws';
import { createHello, encodeFrame } from '../../../src/index.js';

const [port, count] = process.argv.slice(2).map(Number);
const login = encodeFrame('SendInfo', { cmd: 1, sequence: 1, data: { $case: 'login', value: { accessToken: '1' } } });
const first = Buffer.concat([encodeFrame('Hello', createHello({ versions: [1] })), login]);
let closed = 0;
let sequence = 1;
const sends: ((bytes: Uint8Array) => void)[] = [];

for (let i = 0; i < count; i++) {
  if (i % 2 === 0) {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(first));
    socket.resume();
    socket.on('close', () => (closed += 1));
    socket.on('error', () => {});
    sends.push((bytes) => void socket.write(bytes));
  } else {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, ['im.v1', 'im'], { perMessageDeflate: false });
    socket.on('open', () => socket.send(first));
    socket.on('close', () => (closed += 1));
    socket.on('error', () => {});
    sends.push((bytes) => socket.readyState === socket.OPEN && socket.send(bytes));
  }
}

setInterval(() => {
  sequence += 1;
  const heartbeat = encodeFrame('SendInfo', { cmd: 2, sequence, data: { $case: 'heartbeat', value: { sentAtMs: 1n } } });
  for (const send of sends) send(heartbeat);
}, 500);

process.stdin.on('data', () => console.log(closed));
