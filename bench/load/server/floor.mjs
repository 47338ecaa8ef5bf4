// The floor: the smallest programs that answer our clients, with none of our code between the socket and the answer. Answers are encoded before
// the first client comes, requests are found by their length, and nothing is checked.
import { entry } from '../../library.mjs';
import { TERMINAL } from '../world.mjs';

const { Command, createHello, answerHello, encodeFrame, SendCode } = await entry('index');

const LENGTH_BYTES = 4;

/** What clients of the bench send first: Hello and LOGIN. By token: what they get, Welcome and session. */
export class FloorAnswers {
  #byToken;
  #tokenAt;
  #tokenEnd;
  /** Length of Hello and LOGIN together. */
  handshakeBytes;
  /** A receipt, the same for all messages. */
  receipt = result();

  constructor(users) {
    const hello = createHello({ versions: [1] });
    const { welcome } = answerHello(hello, { serverTimeMs: BigInt(Date.now()), connectionId: '1' });
    const first = encodeFrame('Welcome', welcome);
    const sample = Buffer.concat([encodeFrame('Hello', hello), login(users[0])]);
    this.handshakeBytes = sample.length;
    this.#tokenAt = sample.indexOf(users[0].token);
    this.#tokenEnd = this.#tokenAt + users[0].token.length;
    this.#byToken = new Map(users.map((user, i) => [user.token, Buffer.concat([first, session(user, i)])]));
  }

  /** @param bytes Hello and LOGIN. Undefined for an unknown token. */
  handshake(bytes) {
    return this.#byToken.get(bytes.latin1Slice(this.#tokenAt, this.#tokenEnd));
  }
}

/** Calls back with each whole frame; returns the rest. */
export function eachFrame(bytes, take) {
  let at = 0;
  while (bytes.length - at >= LENGTH_BYTES) {
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    take(bytes.subarray(at, end));
    at = end;
  }
  return at === bytes.length ? undefined : bytes.subarray(at);
}

function login({ token }) {
  const value = { accessToken: token, terminal: TERMINAL.number };
  return encodeFrame('SendInfo', { cmd: Command.LOGIN, sequence: 1, data: { $case: 'login', value } }, { version: 1 });
}

function session({ id }, i) {
  const value = { userId: id, terminal: TERMINAL.number, sessionId: `s-${i}` };
  return encodeFrame('SendInfo', { cmd: Command.LOGIN, replyTo: 1, data: { $case: 'session', value } }, { version: 1 });
}

function result() {
  const value = { code: SendCode.SUCCESS, cmd: Command.GROUP_MESSAGE, messageId: (1n << 60n) + 1n };
  return encodeFrame('SendInfo', { cmd: Command.SEND_RESULT, replyTo: 2, data: { $case: 'sendResult', value } }, { version: 1 });
}
