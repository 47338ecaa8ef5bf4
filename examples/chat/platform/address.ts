// Where a message has to go: from its receivers to the servers that hold their connections.
import { Terminal, type UserInfo } from '@im/protocol';
import { ReceiverLists } from './receiver-lists.js';
import type { Routes } from './routes.js';

const ALL_TERMINALS = [Terminal.WEB, Terminal.APP, Terminal.PC];

export interface Recipients {
  readonly sender: UserInfo;
  readonly userIds: readonly bigint[];
  /** Empty = all that are logged in. */
  readonly terminals: readonly Terminal[];
  /** Without a copy for the sender's other terminals. */
  readonly skipSelf: boolean;
}

export interface Addresses {
  /** The receivers that each server holds, by the number of the server. */
  readonly servers: ReadonlyMap<number, ReceiverLists>;
  /** Those that are logged in nowhere. */
  readonly offline: ReceiverLists;
}

export function findAddresses({ sender, userIds, terminals, skipSelf }: Recipients, routes: Routes): Addresses {
  const servers = new Map<number, ReceiverLists>();
  const offline = new ReceiverLists();
  /** Returns the terminals that have no session. */
  const address = (userId: bigint, wanted: readonly Terminal[]): Terminal[] =>
    wanted.filter((terminal) => {
      const server = routes.find(userId, terminal);
      if (server === undefined) return true;
      const lists = servers.get(server) ?? new ReceiverLists();
      lists.add(terminal, userId);
      servers.set(server, lists);
      return false;
    });
  const wanted = terminals.length > 0 ? terminals : ALL_TERMINALS;
  for (const userId of userIds) {
    const missing = address(userId, wanted);
    // Who wants all terminals is content with those that are there.
    if (terminals.length > 0 || missing.length === wanted.length) for (const terminal of missing) offline.add(terminal, userId);
  }
  if (!skipSelf)
    address(
      sender.userId,
      ALL_TERMINALS.filter((terminal) => terminal !== sender.terminal),
    );
  return { servers, offline };
}
