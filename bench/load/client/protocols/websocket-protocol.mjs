import { endOfUpgrade, takeMessages, upgradeRequest } from '../websocket.mjs';

/** What all protocols over WebSocket have in common; the rest comes from those that extend it. */
export class WebSocketProtocol {
  #isOpen = false;
  path = '/';
  subprotocols = [];

  constructor(user, port) {
    this.user = user;
    this.port = port;
  }

  connected(connection) {
    connection.write(upgradeRequest(this.port, this.path, this.subprotocols));
  }

  take(connection, bytes, start, end) {
    let at = start;
    if (!this.#isOpen) {
      at = endOfUpgrade(bytes, start, end);
      if (at < 0) return start;
      this.#isOpen = true;
      this.opened(connection);
    }
    return takeMessages(
      bytes,
      at,
      end,
      (whole, from, to) => this.received(connection, whole, from, to),
      (pong) => connection.write(pong),
    );
  }
}
