// Two foreign clients in a process, on TCP and WebSocket: they open, and send Hello a while after the command.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createHello, encodeFrame } from '../../../src/index.js';

const port = Number(process.argv[2]);
const login = encodeFrame('SendInfo', { cmd: 1, sequence: 1, data: { $case: 'login', value: { accessToken: '1' } } });
const first = Buffer.concat([encodeFrame('Hello', createHello({ versions: [1] })), login]);

const tcp = createConnection(port, '127.0.0.1');
const websocket = new WebSocket(`ws://127.0.0.1:${port}`, ['im.v1', 'im'], { perMessageDeflate: false });
await Promise.all([once(tcp, 'connect'), once(websocket, 'open')]);
console.log('open');
await once(process.stdin, 'data');
await wait(300);
tcp.write(first);
websocket.send(first);
