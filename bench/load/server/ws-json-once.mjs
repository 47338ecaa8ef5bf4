import { startWsJson } from './ws-json.mjs';

/** One text for all, turned into bytes once as well. */
function sendToAll(sockets, message) {
  const bytes = Buffer.from(JSON.stringify(message));
  for (const socket of sockets) socket.send(bytes, { binary: false });
}

export function start(users) {
  return startWsJson(users, sendToAll);
}
