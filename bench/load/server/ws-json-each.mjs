import { startWsJson } from './ws-json.mjs';

/** A text for each: what comes of `send(message)` in a loop. */
function sendToAll(sockets, message) {
  for (const socket of sockets) socket.send(JSON.stringify(message));
}

export function start(users) {
  return startWsJson(users, sendToAll);
}
