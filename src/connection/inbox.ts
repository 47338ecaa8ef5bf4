import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import { receiptOf } from '../session/receipt.js';
import type { ClientConnection } from './client-connection.js';
import { Incoming } from './incoming.js';

/** So many messages wait for the application before a connection is not read any more. */
const WAITING_MESSAGES = 1024;
/** Where reading cannot stop, the connection is closed when so many wait. */
const MAX_WAITING_MESSAGES = 65_536;

/** What a client receives, on all its connections: handed to the application, confirmed to the server, and bounded. */
export class Inbox {
  /** The messages for the application, in their order. */
  readonly messages = new Incoming<SendInfo>((message) => this.#taken(message));
  /** On which connection a message came that wants a reply. */
  readonly #origins = new WeakMap<SendInfo, ClientConnection>();
  readonly #paused = new Set<ClientConnection>();

  receive(connection: ClientConnection, message: SendInfo): void {
    if (message.sequence !== 0) this.#origins.set(message, connection);
    this.messages.add(message);
    const { length } = this.messages;
    if (length < WAITING_MESSAGES) return;
    // A loop that waits for a reply takes no message until then, and the reply may stand behind the next ones.
    if (connection.replies.size === 0 && connection.driver.pause()) this.#paused.add(connection);
    else if (length >= MAX_WAITING_MESSAGES) connection.close(tooMany(length));
  }

  /** "the client's SEND_RESULT SUCCESS once the application has it" */
  #taken(message: SendInfo): void {
    if (this.#paused.size > 0 && this.messages.length < WAITING_MESSAGES / 2) {
      for (const { driver } of this.#paused) driver.resume();
      this.#paused.clear();
    }
    const connection = this.#origins.get(message);
    if (connection === undefined) return;
    const { session, driver } = connection;
    session.reply(message.sequence, receiptOf(message), driver.nowMs);
    driver.settle();
  }
}

function tooMany(actual: number): ProtocolError {
  const text = `${actual} messages wait for the application, limit ${MAX_WAITING_MESSAGES}`;
  return new ProtocolError('SLOW_CONSUMER', text, { limit: MAX_WAITING_MESSAGES, actual });
}
