import type { Terminal } from '@im/protocol';
import { type Session, sessionKey } from '../platform/session.js';
import type { ServerConnection } from './server-connection.js';

/** The connections of one server that are logged in: one for each user and terminal. */
export class Sessions {
  readonly #connections = new Map<string, ServerConnection>();

  /** Returns the connection whose place the new one takes. */
  add(connection: ServerConnection, { user }: Session): ServerConnection | undefined {
    const key = sessionKey(user.userId, user.terminal);
    const previous = this.#connections.get(key);
    this.#connections.set(key, connection);
    return previous;
  }

  /** Returns false for a connection whose place another one has taken. */
  remove(connection: ServerConnection, { user }: Session): boolean {
    const key = sessionKey(user.userId, user.terminal);
    return this.#connections.get(key) === connection && this.#connections.delete(key);
  }

  find(userId: bigint, terminal: Terminal): ServerConnection | undefined {
    return this.#connections.get(sessionKey(userId, terminal));
  }

  /** @param terminals on these kinds of terminal alone; empty = all. */
  all(terminals: readonly Terminal[]): ServerConnection[] {
    const connections = [...this.#connections.values()];
    return connections.filter(({ session }) => terminals.length === 0 || terminals.includes(session!.user.terminal));
  }
}
