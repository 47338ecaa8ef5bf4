import { TERMINAL } from '../../world.mjs';
import { textMessage } from '../websocket.mjs';
import { WebSocketProtocol } from './websocket-protocol.mjs';

const CHARACTER_0 = 0x30;
/** Packets of Engine.IO, https://socket.io/docs/v4/engine-io-protocol/ */
const OPEN = CHARACTER_0;
const PING = CHARACTER_0 + 2;
const MESSAGE = CHARACTER_0 + 4;
/** Packets of Socket.IO, https://socket.io/docs/v4/socket-io-protocol/ */
const EVENT = CHARACTER_0 + 2;
const ACK = CHARACTER_0 + 3;
const CONNECT_ERROR = CHARACTER_0 + 4;

export class Protocol extends WebSocketProtocol {
  #isLoggedIn = false;
  #acknowledgement = 0;
  path = '/socket.io/?EIO=4&transport=websocket';

  opened() {}

  received(connection, bytes, start, end) {
    const type = bytes[start];
    if (type === MESSAGE) this.#packet(connection, bytes, start, end);
    else if (type === PING) connection.write(textMessage('3'));
    else if (type === OPEN) connection.write(textMessage(`40${JSON.stringify(this.#auth())}`));
    else throw new Error(`a packet of Engine.IO that nobody expects: ${bytes.utf8Slice(start, end)}`);
  }

  privateMessage(receiver, content) {
    return this.#emit('private', { sender: this.#sender(), receiverId: receiver.idText, content });
  }

  groupMessage(group, content) {
    return this.#emit('group', { sender: this.#sender(), groupId: group.idText, content });
  }

  /** What a message says, in the form that all contenders are compared in. */
  static read(bytes) {
    const data = JSON.parse(bytes.toString().replace(/^\d+/, ''));
    if (bytes[1] === ACK) return { kind: 'result', messageId: data[0].messageId };
    return { kind: data[0], ...data[1] };
  }

  #packet(connection, bytes, start, end) {
    const type = bytes[start + 1];
    if (type === CONNECT_ERROR) throw new Error('the server refuses the login');
    if (type !== EVENT && type !== ACK) return;
    if (this.#isLoggedIn) return connection.onMessage(connection, bytes, start, end);
    const [name, session] = JSON.parse(bytes.utf8Slice(start + 2, end));
    if (name !== 'session' || session.userId !== this.user.idText) throw new Error('the session is not ours');
    this.#isLoggedIn = true;
    connection.loggedIn();
  }

  #emit(name, message) {
    return textMessage(`42${++this.#acknowledgement}${JSON.stringify([name, message])}`);
  }

  #auth() {
    return { accessToken: this.user.token, terminal: TERMINAL.name };
  }

  #sender() {
    return { userId: this.user.idText, terminal: TERMINAL.name };
  }
}
