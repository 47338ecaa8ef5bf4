// Our frames, as a client writes and reads them, over either transport.
import { entry } from '../../../library.mjs';
import { TERMINAL } from '../../world.mjs';

const { Command, createHello, decodeFrame, encodeFrame } = await entry('index');
const LENGTH_BYTES = 4;
const TYPE_OFFSET = 5;
const COMMAND_OFFSET = 9;
const UNKNOWN_TYPE = 40;
const NEVER_IN_UTF8 = 0xff;
const SEND_INFO = 7;
const REJECT = 66;
/** One version, that of the frames below, so that LOGIN may follow at once over TCP too. */
const HELLO = encodeFrame('Hello', createHello({ versions: [1] }));

export class ImMessages {
  #user;
  #isLoggedIn = false;
  #sequence = 0;

  constructor(user) {
    this.#user = user;
  }

  /** Hello and LOGIN in one flight. */
  handshake() {
    const value = { accessToken: this.#user.token, terminal: TERMINAL.number };
    return Buffer.concat([HELLO, this.#request(Command.LOGIN, { $case: 'login', value })]);
  }

  /** Takes the frames that have arrived whole. @returns where the first byte stands that is not used up. */
  take(connection, bytes, start, end) {
    let at = start;
    while (end - at >= LENGTH_BYTES) {
      const next = at + LENGTH_BYTES + bytes.readUInt32BE(at);
      if (next > end) break;
      if (this.#isLoggedIn) connection.onMessage(connection, bytes, at, next);
      else this.#answer(connection, bytes, at, next);
      at = next;
    }
    return at;
  }

  privateMessage(receiver, content) {
    const value = { sender: this.#sender(), receiverId: receiver.id, content: contentOf(content) };
    return this.#request(Command.PRIVATE_MESSAGE, { $case: 'privateMessage', value });
  }

  groupMessage(group, content) {
    const value = { sender: this.#sender(), groupId: group.id, content: contentOf(content) };
    return this.#request(Command.GROUP_MESSAGE, { $case: 'groupMessage', value });
  }

  /** A frame that the server has to refuse with an ERROR, of each kind in turn: by its type, by its command, by its text. */
  badMessage(receiver, content, kind) {
    const { buffer, byteOffset, length } =
      kind % 3 === 1 ? this.groupMessage(receiver, content) : this.privateMessage(receiver, content);
    const frame = Buffer.from(buffer, byteOffset, length);
    if (kind % 3 === 0) frame[TYPE_OFFSET] = UNKNOWN_TYPE;
    // A group message under the command of private ones.
    else if (kind % 3 === 1) frame[COMMAND_OFFSET] = Command.PRIVATE_MESSAGE;
    else frame[frame.indexOf(content.text)] = NEVER_IN_UTF8;
    return frame;
  }

  /** Welcome, and then the session. */
  #answer(connection, bytes, start, end) {
    const type = bytes[start + TYPE_OFFSET];
    if (type === REJECT) throw new Error('the server refuses the Hello');
    if (type !== SEND_INFO) return;
    const { data } = decodeFrame(bytes.subarray(start, end)).message;
    if (data.$case !== 'session') throw new Error(`the server answers LOGIN with ${data.$case}: ${data.value.message}`);
    if (data.value.userId !== this.#user.id) throw new Error('the session is not ours');
    this.#isLoggedIn = true;
    connection.loggedIn();
  }

  #request(cmd, data) {
    return encodeFrame('SendInfo', { cmd, sequence: ++this.#sequence, data });
  }

  #sender() {
    return { userId: this.#user.id, terminal: TERMINAL.number };
  }
}

/** Throws unless a frame is an ERROR. */
export function requireError(bytes) {
  const { data } = decodeFrame(bytes).message;
  if (data.$case !== 'error') throw new Error(`the server answers a bad frame with ${data.$case}`);
}

/** What a message says, in the form that all contenders are compared in. */
export function readMessage(bytes) {
  const { data } = decodeFrame(bytes).message;
  if (data.$case === 'sendResult') return { kind: 'result', messageId: String(data.value.messageId) };
  const { sender, content, receiverId, groupId } = data.value;
  return {
    kind: data.$case === 'groupMessage' ? 'group' : 'private',
    sender: { userId: String(sender.userId), terminal: sender.terminal === TERMINAL.number ? TERMINAL.name : sender.terminal },
    ...(data.$case === 'groupMessage' ? { groupId: String(groupId) } : { receiverId: String(receiverId) }),
    content: {
      clientMessageId: content.clientMessageId,
      sentAtMs: Number(content.sentAtMs),
      text: content.body.value.text,
      messageId: String(content.messageId),
    },
  };
}

function contentOf({ clientMessageId, sentAtMs, text }) {
  return { clientMessageId, sentAtMs: BigInt(sentAtMs), body: { $case: 'text', value: { text } } };
}
