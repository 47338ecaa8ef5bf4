// Plans the fan-out of a message: a ReceiveInfo per IM server, and a result for receivers that are offline.

import { Command } from '../../generated/im/protocol/v1/command.js';
import type { GroupMessageInit } from '../../generated/im/protocol/v1/group_message.js';
import type { PrivateMessageInit } from '../../generated/im/protocol/v1/private_message.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { ReceiversInit } from '../../generated/im/protocol/v1/receivers.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { forDelivery } from '../codec/for-delivery.js';
import { RECEIVERS_MAX_IDS, RECEIVERS_MAX_LISTS } from '../limits.js';
import { refuse } from './broker-errors.js';
import type { Routes } from './routes.js';

/** Options of `planFanOut`. */
export interface FanOutOptions {
  /** The sending service, which gets the results. Default: none. */
  readonly serviceName?: string | undefined;
  /** Correlates the logs of all services. Default: none. */
  readonly traceId?: string | undefined;
  /**
   * The receivers of a GroupMessage: required if it has no receiver_ids, which means all members of the group. Default: its receiver_ids.
   */
  readonly receiverIds?: Iterable<bigint> | undefined;
}

/** A ReceiveInfo and its server. */
export interface PlannedReceiveInfo {
  /** The IM server that pushes the message. */
  readonly serverId: string | number;
  /** The message to publish to it: see `receiveInfoMessage`. */
  readonly receiveInfo: ReceiveInfoInit;
}

/** The messages to publish. */
export interface FanOut {
  /** At most two per server: for the receivers, and for the sender's other terminals; more only above the limits of a ReceiveInfo. */
  readonly receiveInfos: readonly PlannedReceiveInfo[];
  /** One NOT_ONLINE for all offline receivers; none if all are online or with `skip_result`; more only above the limits of a SendResult. */
  readonly results: readonly SendResultInit[];
}

/**
 * Plans which server pushes a message to which receivers, in linear time.
 *
 * Receivers are grouped by server and terminal; duplicates count once. Without receiver_terminals, a receiver is offline if no terminal is
 * online; with them, each missing terminal is reported. The sender's other terminals get a copy without a result, unless `skip_self`; the
 * sending terminal never gets one. The data is in delivery form and shared by all ReceiveInfos.
 * @param message with its message_id, if it has one. Not changed.
 * @throws ProtocolError INVALID_MESSAGE for a message without sender, and for a group message without receivers.
 */
export function planFanOut(message: PrivateMessageInit | GroupMessageInit, routes: Routes, options: FanOutOptions = {}): FanOut {
  const { sender, receiverTerminals = [], skipSelf = false, skipResult = false } = message;
  if (sender === undefined) throw refuse('sender', 'required', 'not set');
  const { serviceName, traceId } = options;
  const { cmd, data, receiverIds } = describe(message, options);
  const terminals = receiverTerminals.length > 0 ? new Set<number>(receiverTerminals) : undefined;
  const userIds = new Set(receiverIds);
  const { receivers, copies, offline } = findAddresses({ sender, userIds, terminals, skipSelf }, routes);

  const receiveInfo = { cmd, sender, serviceName, traceId, data: forDelivery(data) };
  const result = { cmd, sender, traceId, code: SendCode.NOT_ONLINE, messageId: message.content?.messageId };
  return {
    receiveInfos: [
      ...planFor(receivers, { ...receiveInfo, skipResult }),
      // The other terminals of the sender. They cause no result.
      ...planFor(copies, { ...receiveInfo, skipResult: true }),
    ],
    results: skipResult ? [] : Array.from(offline.messages(), (lists) => ({ ...result, receivers: lists })),
  };
}

interface Described {
  readonly cmd: Command;
  readonly data: NonNullable<ReceiveInfoInit['data']>;
  readonly receiverIds: Iterable<bigint>;
}

function describe(message: PrivateMessageInit | GroupMessageInit, options: FanOutOptions): Described {
  if (!('groupId' in message)) {
    const { receiverId = 0n } = message as PrivateMessageInit;
    return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: message }, receiverIds: [receiverId] };
  }
  const { receiverIds: listed = [] } = message;
  const receiverIds = options.receiverIds ?? listed;
  if (receiverIds === listed && listed.length === 0) {
    throw refuse('receiverIds', 'min_items', 'got 0 items: a message to all members needs the option receiverIds');
  }
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: message }, receiverIds };
}

function planFor(servers: ByServer, receiveInfo: ReceiveInfoInit): PlannedReceiveInfo[] {
  return [...servers].flatMap(([serverId, lists]) =>
    Array.from(lists.messages(), (receivers) => ({ serverId, receiveInfo: { ...receiveInfo, receivers } })),
  );
}

/** The receivers on each server. */
type ByServer = Map<string | number, ReceiverLists>;

interface Addresses {
  readonly receivers: ByServer;
  /** The sender's other terminals. */
  readonly copies: ByServer;
  /** Receivers that are offline. */
  readonly offline: ReceiverLists;
}

interface Addressees {
  readonly sender: UserInfoInit;
  /** Without duplicates. */
  readonly userIds: ReadonlySet<bigint>;
  /** Undefined = all. */
  readonly terminals: ReadonlySet<number> | undefined;
  readonly skipSelf: boolean;
}

/** The terminals reported for an offline receiver if the message is for all terminals. */
const KNOWN_TERMINALS: readonly Terminal[] = [Terminal.WEB, Terminal.APP, Terminal.PC];

function findAddresses(addressees: Addressees, routes: Routes): Addresses {
  const { sender, userIds, terminals, skipSelf } = addressees;
  const addresses: Addresses = { receivers: new Map(), copies: new Map(), offline: new ReceiverLists() };
  for (const userId of userIds) addReceiver(userId, addressees, routes, addresses);
  if (skipSelf) return addresses;
  const { userId = 0n } = sender;
  for (const { terminal, serverId } of routes.find(userId) ?? []) {
    // A sender who is also a receiver gets only one copy.
    const isReceiver = userIds.has(userId) && (terminals?.has(terminal) ?? true);
    if (terminal !== sender.terminal && !isReceiver) add(addresses.copies, serverId, terminal, userId);
  }
  return addresses;
}

function addReceiver(userId: bigint, { sender, terminals }: Addressees, routes: Routes, { receivers, offline }: Addresses): void {
  const found = routes.find(userId) ?? [];
  for (const { terminal, serverId } of found) {
    if (terminals !== undefined && !terminals.has(terminal)) continue;
    // The sending terminal has the message.
    if (terminal === sender.terminal && userId === sender.userId) continue;
    add(receivers, serverId, terminal, userId);
  }
  // For all terminals, it is enough that one is online.
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

/** Receivers by terminal. */
class ReceiverLists {
  readonly #userIds = new Map<number, bigint[]>();

  /** Do not add a user twice for a terminal. */
  add(terminal: number, userId: bigint): void {
    const userIds = this.#userIds.get(terminal);
    if (userIds === undefined) this.#userIds.set(terminal, [userId]);
    else userIds.push(userId);
  }

  /**
   * The lists for each ReceiveInfo or SendResult: at most 16 lists, each with at most 10,000 receivers.
   */
  *messages(): Generator<ReceiversInit[]> {
    for (let from = 0, isMore = true; isMore; from += RECEIVERS_MAX_IDS) {
      isMore = false;
      let lists: ReceiversInit[] = [];
      for (const [terminal, all] of this.#userIds) {
        if (from >= all.length) continue;
        const isWhole = from === 0 && all.length <= RECEIVERS_MAX_IDS;
        lists.push({ terminal, userIds: isWhole ? all : all.slice(from, from + RECEIVERS_MAX_IDS) });
        if (all.length > from + RECEIVERS_MAX_IDS) isMore = true;
        if (lists.length < RECEIVERS_MAX_LISTS) continue;
        yield lists;
        lists = [];
      }
      if (lists.length > 0) yield lists;
    }
  }
}
