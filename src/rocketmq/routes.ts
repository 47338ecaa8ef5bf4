// Where users are online: which server holds the connection of which terminal.
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';

/** The server that holds the connection of a user's terminal. */
export interface Route {
  /** The kind of terminal. */
  readonly terminal: Terminal;
  /** The IM server that has the connection. */
  readonly serverId: string | number;
}

/** Where users are online. The platform looks up all receivers (for example in Redis) before it calls `planFanOut`. */
export interface Routes {
  /** One route per terminal on which the user is online; empty or undefined = offline. */
  find(userId: bigint): readonly Route[] | undefined;
}

/** In-memory routes. */
export class RouteTable implements Routes {
  readonly #routes = new Map<bigint, Route[]>();

  /** Sets the server of a terminal. Returns the previous server. */
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

  /** Deletes the route of a terminal if it leads to `serverId`. Returns whether it did. */
  delete(userId: bigint, terminal: Terminal, serverId: string | number): boolean {
    const routes = this.#routes.get(userId) ?? [];
    const at = routes.findIndex((route) => route.terminal === terminal && route.serverId === serverId);
    if (at < 0) return false;
    routes.splice(at, 1);
    if (routes.length === 0) this.#routes.delete(userId);
    return true;
  }

  /** Deletes all routes to a server. */
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
