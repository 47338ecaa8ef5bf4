import { ImMessages, readMessage, requireError } from './im-messages.mjs';

export class Protocol {
  #messages;

  constructor(user) {
    this.user = user;
    this.#messages = new ImMessages(user);
  }

  connected(connection) {
    connection.write(this.#messages.handshake());
  }

  take(connection, bytes, start, end) {
    return this.#messages.take(connection, bytes, start, end);
  }

  privateMessage(receiver, content) {
    return this.#messages.privateMessage(receiver, content);
  }

  groupMessage(group, content) {
    return this.#messages.groupMessage(group, content);
  }

  badMessages(receiver, contents) {
    return Buffer.concat(contents.map((content, i) => this.#messages.badMessage(receiver, content, i)));
  }

  static read = readMessage;
  static requireError = requireError;
}
