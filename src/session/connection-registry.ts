import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { LogoutReason } from '../../generated/im/protocol/v1/logout_reason.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import { type LoggedIn, REASON_REPLACED } from './session-options.js';
import { type FrameTarget, SharedFrame } from './shared-frame.js';

/** An authenticated connection in a registry. */
export interface RegisteredConnection extends FrameTarget {
  /** The authenticated user; undefined before LOGIN. */
  readonly user: LoggedIn | undefined;
  /** Ends the session because another connection replaces it, or for another reason. */
  takeOver(notice: ForceLogoutInit): void;
}

/** How many connections a user may have: see `ConnectionRegistry`. */
export type Sessions = 'one-per-terminal' | 'one-per-device' | 'unlimited';

const SESSIONS: readonly Sessions[] = ['one-per-terminal', 'one-per-device', 'unlimited'];

/** Options of `ConnectionRegistry.kick`. All optional. */
export interface KickOptions {
  /** Only the connections of this kind of terminal. Default: all. */
  readonly terminal?: number | undefined;
  /** Why, for the application of the client: see `LogoutReason`. Default: unspecified. */
  readonly code?: LogoutReason | undefined;
  /** Why, as a text for people, at most 512 bytes. Default: empty. */
  readonly reason?: string | undefined;
}

/** The authenticated connections of a server. */
export class ConnectionRegistry<C extends RegisteredConnection> {
  /** How many connections a user may have. */
  readonly sessions: Sessions;
  /** The newest connection by terminal, then by user: a lookup builds no key. */
  readonly #terminals = new Map<number, Map<bigint, C>>();
  /** The earlier ones of the same user and terminal, the oldest first. Empty with `one-per-terminal`. */
  readonly #earlier = new Map<number, Map<bigint, C[]>>();
  #size = 0;

  /**
   * @param sessions which connections stay when the next one of the same user and terminal is added: `one-per-terminal` none,
   * `one-per-device` those of other devices and without a device id, `unlimited` all. Default `one-per-terminal`.
   * @throws ProtocolError INVALID_MESSAGE for another value.
   */
  constructor(sessions: Sessions = 'one-per-terminal') {
    if (!SESSIONS.includes(sessions))
      throw new ProtocolError('INVALID_MESSAGE', `sessions: expected ${SESSIONS.join(', ')}`, { path: 'sessions' });
    this.sessions = sessions;
  }

  /** Number of connections. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an authenticated connection. If it replaces an earlier one, that is ended: as REPLACED if both have the same device id, otherwise by
   * FORCE_LOGOUT.
   * @returns the connection that was ended, if any.
   * @throws Error if the connection is not authenticated.
   */
  add(connection: C): C | undefined {
    const { user } = connection;
    if (user === undefined) throw new Error('the connection is not authenticated');
    const { userId, terminal, deviceId } = user;
    const users = this.#terminals.get(terminal) ?? new Map<bigint, C>();
    this.#terminals.set(terminal, users);
    const newest = users.get(userId);
    if (newest === connection || this.others(userId, terminal).includes(connection)) return undefined;
    const previous = newest && this.#replacedBy(user, newest);
    if (previous === undefined || previous !== newest) {
      if (previous !== undefined) this.remove(previous);
      if (newest !== undefined) this.#addEarlier(user, newest);
      this.#size += 1;
    }
    users.set(userId, connection);
    previous?.takeOver({ user: { userId, terminal }, deviceId, reason: REASON_REPLACED });
    return previous;
  }

  /** Removes a connection that has ended. Returns false if it is not registered, or was replaced. */
  remove(connection: C): boolean {
    const { user } = connection;
    const users = user && this.#terminals.get(user.terminal);
    if (user === undefined || users === undefined) return false;
    const { userId, terminal } = user;
    const earlier = this.#earlier.get(terminal)?.get(userId);
    if (users.get(userId) === connection) {
      const next = earlier?.pop();
      if (next === undefined) users.delete(userId);
      else users.set(userId, next);
    } else {
      const at = earlier?.lastIndexOf(connection) ?? -1;
      if (at < 0) return false;
      earlier!.splice(at, 1);
    }
    if (earlier?.length === 0) this.#earlier.get(terminal)!.delete(userId);
    this.#size -= 1;
    return true;
  }

  /** The connection of a user and terminal, if there is one; of several, the newest. */
  get(userId: bigint, terminal: number): C | undefined {
    return this.#terminals.get(terminal)?.get(userId);
  }

  /** The connections of a user and terminal besides the one of `get`, the oldest first. None with `one-per-terminal`. */
  others(userId: bigint, terminal: number): readonly C[] {
    return this.#earlier.get(terminal)?.get(userId) ?? NONE;
  }

  /** The connections of a user: with `one-per-terminal`, one for each terminal. A new array. */
  ofUser(userId: bigint): C[] {
    const found: C[] = [];
    for (const [terminal, users] of this.#terminals) {
      const newest = users.get(userId);
      if (newest !== undefined) found.push(...this.others(userId, terminal), newest);
    }
    return found;
  }

  /**
   * Logs a user out: sends FORCE_LOGOUT to the connections of the user, and closes them with FORCED_LOGOUT. Revoke the token as well, or the user
   * logs in again.
   * @returns the number of connections.
   * @throws ProtocolError INVALID_MESSAGE for a `reason` that is too long.
   */
  kick(userId: bigint, { terminal, code, reason }: KickOptions = {}): number {
    const found = this.ofUser(userId).filter(({ user }) => terminal === undefined || user?.terminal === terminal);
    for (const connection of found) connection.takeOver({ user: { userId, terminal: connection.user!.terminal }, code, reason });
    return found.length;
  }

  /** Iterates over the connections. @param terminals only these kinds of terminal; empty (the default): all. */
  *all(terminals: readonly number[] = []): Generator<C> {
    for (const [terminal, users] of this.#terminals) {
      if (terminals.length > 0 && !terminals.includes(terminal)) continue;
      yield* users.values();
      for (const earlier of this.#earlier.get(terminal)?.values() ?? NONE) yield* earlier;
    }
  }

  /**
   * Pushes a message to several connections, encoded once for each version.
   * @param to the connections. Default: all.
   * @returns the number of connections that accepted it.
   * @throws ProtocolError as `encodeFrame`.
   */
  broadcast(message: SendInfoInit | SharedFrame, to: Iterable<C> = this.all()): number {
    const frame = message instanceof SharedFrame ? message : SharedFrame.of(message);
    let count = 0;
    // A push may end its connection and remove it from the registry.
    for (const connection of [...to]) if (frame.pushTo(connection) === SendCode.SUCCESS) count += 1;
    return count;
  }

  /** The connection that ends because of the next one. @param newest of the same user and terminal. */
  #replacedBy({ userId, terminal, deviceId }: LoggedIn, newest: C): C | undefined {
    if (this.sessions === 'one-per-terminal') return newest;
    if (this.sessions === 'unlimited' || deviceId === '') return undefined;
    return [newest, ...this.others(userId, terminal)].find((other) => other.user?.deviceId === deviceId);
  }

  #addEarlier({ userId, terminal }: LoggedIn, connection: C): void {
    const users = this.#earlier.get(terminal) ?? new Map<bigint, C[]>();
    this.#earlier.set(terminal, users);
    const connections = users.get(userId);
    if (connections === undefined) users.set(userId, [connection]);
    else connections.push(connection);
  }
}

const NONE: readonly never[] = [];
