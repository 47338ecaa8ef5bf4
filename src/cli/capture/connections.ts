// Pairs the two directions of a connection.
import { Exchange } from './exchange.js';
import { oppositeKey } from './ip.js';

interface Connection {
  readonly exchange: Exchange;
  /** Keys of all directions that were opened, and of those that are still open. */
  readonly opened: Set<string>;
  readonly open: Set<string>;
}

export class Connections {
  readonly #connections = new Map<string, Connection>();

  /** Opens a direction and returns the exchange that it shares with the other one. A direction that was open before reuses the ports: a new connection. */
  open(key: string): Exchange {
    const name = nameOf(key);
    let connection = this.#connections.get(name);
    if (connection === undefined || connection.opened.has(key)) {
      connection?.exchange.decide();
      connection = { exchange: new Exchange(), opened: new Set(), open: new Set() };
      this.#connections.set(name, connection);
    }
    connection.opened.add(key);
    connection.open.add(key);
    return connection.exchange;
  }

  /** Closes a direction. */
  close(key: string, exchange: Exchange): void {
    const name = nameOf(key);
    const connection = this.#connections.get(name);
    if (connection?.exchange !== exchange) return;
    connection.open.delete(key);
    // The other direction may begin later in the capture.
    if (connection.open.size > 0 || (connection.opened.size === 1 && exchange.isAwaited)) return;
    this.#connections.delete(name);
    exchange.decide();
  }

  /** The capture ends: decides what is still undecided. */
  end(): void {
    for (const { exchange } of this.#connections.values()) exchange.decide();
    this.#connections.clear();
  }
}

/** The same for both directions. */
function nameOf(key: string): string {
  const other = oppositeKey(key);
  return key < other ? key : other;
}

/** `1 byte`, `2 bytes`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
