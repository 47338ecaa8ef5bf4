import { WebSocketProtocol } from './websocket-protocol.mjs';

/** Nothing is said once the WebSocket is open: that is logged in. */
export class Protocol extends WebSocketProtocol {
  opened(connection) {
    connection.loggedIn();
  }

  received() {}
}
