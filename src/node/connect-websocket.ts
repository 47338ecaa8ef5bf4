import type { Host } from './entrance.js';
import { watchBudget } from './handshake-budget.js';
import { nodePlatform } from './platform.js';
import type { Upgraded } from './upgrades.js';
import { websocketTransport } from './websocket-transport.js';

/** Opens the connection of a WebSocket. */
export function connectWebsocket({ websocket, socket, request, remoteAddress, release }: Upgraded, host: Host): void {
  const { headers, url = '' } = request;
  const connection = host.connect({
    socket,
    transport: 'websocket',
    remoteAddress,
    httpRequest: { headers, url },
    sinceMs: nodePlatform.nowMs(),
    release,
    open: (owner) => websocketTransport(websocket, owner, socket),
  });
  watchBudget(socket, connection);
}
