import { entry } from '../../../library.mjs';
import { binaryMessage } from '../websocket.mjs';
import { ImMessages, readMessage, requireError } from './im-messages.mjs';
import { WebSocketProtocol } from './websocket-protocol.mjs';

const { PROTOCOL_VERSION, subprotocolsFor } = await entry('index');

export class Protocol extends WebSocketProtocol {
  #messages;
  subprotocols = subprotocolsFor([PROTOCOL_VERSION]);

  constructor(user, port) {
    super(user, port);
    this.#messages = new ImMessages(user);
  }

  opened(connection) {
    connection.write(binaryMessage(this.#messages.handshake()));
  }

  received(connection, bytes, start, end) {
    if (this.#messages.take(connection, bytes, start, end) !== end) throw new Error('a WebSocket message ends inside a frame');
  }

  privateMessage(receiver, content) {
    return binaryMessage(this.#messages.privateMessage(receiver, content));
  }

  groupMessage(group, content) {
    return binaryMessage(this.#messages.groupMessage(group, content));
  }

  badMessages(receiver, contents) {
    return binaryMessage(Buffer.concat(contents.map((content, i) => this.#messages.badMessage(receiver, content, i))));
  }

  static read = readMessage;
  static requireError = requireError;
}
