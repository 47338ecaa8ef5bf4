import { TERMINAL } from '../../world.mjs';
import { textMessage } from '../websocket.mjs';
import { WebSocketProtocol } from './websocket-protocol.mjs';

export class Protocol extends WebSocketProtocol {
  #isLoggedIn = false;
  #sequence = 0;

  opened(connection) {
    const login = { accessToken: this.user.token, terminal: TERMINAL.name };
    connection.write(this.#request({ cmd: 'LOGIN', login }));
  }

  received(connection, bytes, start, end) {
    if (this.#isLoggedIn) return connection.onMessage(connection, bytes, start, end);
    const { session } = JSON.parse(bytes.utf8Slice(start, end));
    if (session?.userId !== this.user.idText) throw new Error('the session is not ours');
    this.#isLoggedIn = true;
    connection.loggedIn();
  }

  privateMessage(receiver, content) {
    const privateMessage = { sender: this.#sender(), receiverId: receiver.idText, content };
    return this.#request({ cmd: 'PRIVATE_MESSAGE', privateMessage });
  }

  groupMessage(group, content) {
    const groupMessage = { sender: this.#sender(), groupId: group.idText, content };
    return this.#request({ cmd: 'GROUP_MESSAGE', groupMessage });
  }

  /** What a message says, in the form that all contenders are compared in. */
  static read(bytes) {
    const { sendResult, privateMessage, groupMessage } = JSON.parse(bytes.toString());
    if (sendResult !== undefined) return { kind: 'result', messageId: sendResult.messageId };
    return privateMessage === undefined ? { kind: 'group', ...groupMessage } : { kind: 'private', ...privateMessage };
  }

  #request({ cmd, ...data }) {
    return textMessage(JSON.stringify({ cmd, sequence: ++this.#sequence, ...data }));
  }

  #sender() {
    return { userId: this.user.idText, terminal: TERMINAL.name };
  }
}
