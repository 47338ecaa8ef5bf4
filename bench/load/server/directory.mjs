// The session layer of the peers: who may log in, and who is where.
import { FIRST_MESSAGE_ID } from '../world.mjs';

/** Tokens by a map, connections by user and terminal: what every contender does, here for those who bring nothing of it. */
export class Directory {
  #userIds;
  #byUser = new Map();
  #messageId = FIRST_MESSAGE_ID;
  #sessions = 0;
  /** All authenticated users: the members of the group. */
  members = new Set();

  constructor(users) {
    this.#userIds = new Map(users.map(({ token, idText }) => [token, idText]));
  }

  /** @returns the session, or undefined: the token is not valid. */
  logIn(token, terminal, connection) {
    const userId = this.#userIds.get(token);
    if (userId === undefined) return undefined;
    if (!this.#byUser.has(userId)) this.#byUser.set(userId, new Map());
    this.#byUser.get(userId).set(terminal, connection);
    this.members.add(connection);
    return { userId, terminal, sessionId: `s-${++this.#sessions}` };
  }

  logOut({ userId, terminal }, connection) {
    this.members.delete(connection);
    const terminals = this.#byUser.get(userId);
    // A newer connection of the same device may stand there by now.
    if (terminals?.get(terminal) !== connection) return;
    terminals.delete(terminal);
    if (terminals.size === 0) this.#byUser.delete(userId);
  }

  /** The connections of a user, on all terminals. */
  of(userId) {
    return this.#byUser.get(userId)?.values() ?? [];
  }

  nextMessageId() {
    return String(++this.#messageId);
  }
}
