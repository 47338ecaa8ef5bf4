import type { ForceLogoutInit } from '../../generated/init/im/protocol/v1/force_logout.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { LoggedIn } from './server-session.js';
import { type FrameTarget, SharedFrame } from './shared-frame.js';

/** What a registry holds: a connection on which somebody is logged in. */
export interface RegisteredConnection extends FrameTarget {
  readonly user: LoggedIn | undefined;
  /** Ends the session because a newer connection takes its place. */
  takeOver(notice: ForceLogoutInit): void;
}

/** The connections of one server on which somebody is logged in: one for each user and terminal. */
export class ConnectionRegistry<C extends RegisteredConnection> {
  /** By terminal, then by user: no key has to be put together. */
  readonly #terminals = new Map<number, Map<bigint, C>>();
  #size = 0;

  /** How many connections are here. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a connection that has logged in. "Second login of the same user and terminal": the connection whose place it takes is ended, with
   * REPLACED where both have the same device id, otherwise with FORCE_LOGOUT.
   * @returns the connection that was ended.
   */
  add(connection: C): C | undefined {
    const { user } = connection;
    if (user === undefined) throw new Error('nobody is logged in on this connection');
    const users = this.#terminals.get(user.terminal) ?? new Map<bigint, C>();
    this.#terminals.set(user.terminal, users);
    const previous = users.get(user.userId);
    if (previous === connection) return undefined;
    users.set(user.userId, connection);
    if (previous === undefined) this.#size += 1;
    const { userId, terminal, deviceId } = user;
    previous?.takeOver({ user: { userId, terminal }, deviceId, reason: 'another device has logged in' });
    return previous;
  }

  /** Removes a connection that has ended. Returns false for one that is not here, or whose place another one has taken. */
  remove(connection: C): boolean {
    const { user } = connection;
    const users = user && this.#terminals.get(user.terminal);
    if (users?.get(user!.userId) !== connection) return false;
    users.delete(user!.userId);
    this.#size -= 1;
    return true;
  }

  get(userId: bigint, terminal: number): C | undefined {
    return this.#terminals.get(terminal)?.get(userId);
  }

  /** @param terminals on these kinds of terminal alone; empty (the default) = all. */
  *all(terminals: readonly number[] = []): Generator<C> {
    for (const [terminal, users] of this.#terminals) {
      if (terminals.length === 0 || terminals.includes(terminal)) yield* users.values();
    }
  }

  /**
   * Pushes a message to many connections, encoded once.
   * @param to default: all.
   * @returns how many got it.
   * @throws ProtocolError what `encodeFrame` throws for the message.
   */
  broadcast(message: SendInfoInit | SharedFrame, to: Iterable<C> = this.all()): number {
    const frame = message instanceof SharedFrame ? message : SharedFrame.of(message);
    let count = 0;
    // A connection that is pushed to may end, and leave the registry.
    for (const connection of [...to]) if (frame.pushTo(connection) === SendCode.SUCCESS) count += 1;
    return count;
  }
}
