import type { Terminal, UserInfo } from '@im/protocol';
import { sessionKey } from './session.js';

/** Which server each logged-in terminal is on. In production it is a shared store, such as Redis. */
export class Routes {
  readonly #servers = new Map<string, number>();

  /** Returns the server on which the terminal was before. */
  set({ userId, terminal }: UserInfo, serverId: number): number | undefined {
    const key = sessionKey(userId, terminal);
    const previous = this.#servers.get(key);
    this.#servers.set(key, serverId);
    return previous;
  }

  /** Forgets the terminal, unless it has moved to another server. */
  delete({ userId, terminal }: UserInfo, serverId: number): void {
    const key = sessionKey(userId, terminal);
    if (this.#servers.get(key) === serverId) this.#servers.delete(key);
  }

  /** Forgets everyone who was on a server. */
  deleteServer(serverId: number): void {
    for (const [key, id] of this.#servers) if (id === serverId) this.#servers.delete(key);
  }

  find(userId: bigint, terminal: Terminal): number | undefined {
    return this.#servers.get(sessionKey(userId, terminal));
  }
}
