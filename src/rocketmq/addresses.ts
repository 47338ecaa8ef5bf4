// Which server reaches which terminal of whom.
import type { UserInfoInit } from '../../generated/init/im/protocol/v1/user_info.js';
import { Terminal } from '../../generated/types/im/protocol/v1/terminal.js';
import { ReceiverLists } from './receiver-lists.js';
import type { Routes } from './routes.js';

/** The receivers that each server reaches. */
export type ByServer = Map<string | number, ReceiverLists>;

export interface Addresses {
  readonly receivers: ByServer;
  /** The sender's other terminals. */
  readonly copies: ByServer;
  /** Who is not online. */
  readonly offline: ReceiverLists;
}

export interface Addressees {
  readonly sender: UserInfoInit;
  /** Each once. */
  readonly userIds: ReadonlySet<bigint>;
  /** Undefined = all. */
  readonly terminals: ReadonlySet<number> | undefined;
  readonly skipSelf: boolean;
}

/** Where one is missed who is logged in nowhere, and could be reached anywhere. */
const KNOWN_TERMINALS: readonly Terminal[] = [Terminal.WEB, Terminal.APP, Terminal.PC];

export function findAddresses(addressees: Addressees, routes: Routes): Addresses {
  const { sender, userIds, terminals, skipSelf } = addressees;
  const addresses: Addresses = { receivers: new Map(), copies: new Map(), offline: new ReceiverLists() };
  for (const userId of userIds) addReceiver(userId, addressees, routes, addresses);
  if (skipSelf) return addresses;
  const { userId = 0n } = sender;
  for (const { terminal, serverId } of routes.find(userId) ?? []) {
    // Who is among the receivers has it there, and once is enough.
    const isReceiver = userIds.has(userId) && (terminals?.has(terminal) ?? true);
    if (terminal !== sender.terminal && !isReceiver) add(addresses.copies, serverId, terminal, userId);
  }
  return addresses;
}

function addReceiver(userId: bigint, { sender, terminals }: Addressees, routes: Routes, { receivers, offline }: Addresses): void {
  const found = routes.find(userId) ?? [];
  for (const { terminal, serverId } of found) {
    if (terminals !== undefined && !terminals.has(terminal)) continue;
    // The terminal that sent the message has it.
    if (terminal === sender.terminal && userId === sender.userId) continue;
    add(receivers, serverId, terminal, userId);
  }
  // Who wants all terminals is content with those that are there.
  if (terminals === undefined && found.length > 0) return;
  for (const terminal of terminals ?? KNOWN_TERMINALS) {
    if (!found.some((route) => route.terminal === terminal)) offline.add(terminal, userId);
  }
}

function add(servers: ByServer, serverId: string | number, terminal: number, userId: bigint): void {
  const lists = servers.get(serverId) ?? new ReceiverLists();
  servers.set(serverId, lists);
  lists.add(terminal, userId);
}
