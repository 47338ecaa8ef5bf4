import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';

/** The server that holds the connection of a user's terminal. */
export interface Route {
  readonly terminal: Terminal;
  readonly serverId: string | number;
}

/** Where users are logged in. The platform looks its receivers up (in Redis, say, all at once) before it plans. */
export interface Routes {
  /** One route for each kind of terminal on which the user is logged in; none, or undefined: nowhere. */
  find(userId: bigint): readonly Route[] | undefined;
}

/** Routes in memory. */
export class RouteTable implements Routes {
  readonly #routes = new Map<bigint, Route[]>();

  /** Notes on which server a terminal is. Returns the one on which it was before. */
  set(userId: bigint, terminal: Terminal, serverId: string | number): string | number | undefined {
    const routes = this.#routes.get(userId);
    if (routes === undefined) {
      this.#routes.set(userId, [{ terminal, serverId }]);
      return undefined;
    }
    const at = routes.findIndex((route) => route.terminal === terminal);
    const previous = at < 0 ? undefined : routes[at].serverId;
    routes[at < 0 ? routes.length : at] = { terminal, serverId };
    return previous;
  }

  /** Forgets a terminal, unless it has moved from `serverId` to another server. Returns whether it was there. */
  delete(userId: bigint, terminal: Terminal, serverId: string | number): boolean {
    const routes = this.#routes.get(userId) ?? [];
    const at = routes.findIndex((route) => route.terminal === terminal && route.serverId === serverId);
    if (at < 0) return false;
    routes.splice(at, 1);
    if (routes.length === 0) this.#routes.delete(userId);
    return true;
  }

  /** Forgets all terminals of a server that is gone. */
  deleteServer(serverId: string | number): void {
    for (const [userId, routes] of this.#routes) {
      const left = routes.filter((route) => route.serverId !== serverId);
      if (left.length === 0) this.#routes.delete(userId);
      else if (left.length < routes.length) this.#routes.set(userId, left);
    }
  }

  find(userId: bigint): readonly Route[] | undefined {
    return this.#routes.get(userId);
  }
}
