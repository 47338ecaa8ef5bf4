// ws and nothing else: what a WebSocket costs before anything is done with it.
import { listen } from './listen-ws.mjs';

export function start() {
  return listen((socket) => {
    socket.on('message', () => {});
    socket.on('error', () => {});
  });
}
