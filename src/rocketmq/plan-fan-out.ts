// From one message to what each IM server is asked to push, and to the result for those who are not online.

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
  /** The service that asks: results come back under its name. Default: none. */
  readonly serviceName?: string | undefined;
  /** Ties the logs of all services together. Default: none. */
  readonly traceId?: string | undefined;
  /**
   * The receivers of a GroupMessage. Default: its receiver_ids. "GroupMessage without receiver_ids means all members, which the platform
   * resolves": here they are, as many as there are.
   */
  readonly receiverIds?: Iterable<bigint> | undefined;
}

/** A ReceiveInfo, and the server that it is for. */
export interface PlannedReceiveInfo {
  readonly serverId: string | number;
  readonly receiveInfo: ReceiveInfoInit;
}

/** What is to be published for a message. */
export interface FanOut {
  /** At most two for a server: for the receivers, and for the sender's other terminals; more only above the limits of a ReceiveInfo. */
  readonly receiveInfos: readonly PlannedReceiveInfo[];
  /** One NOT_ONLINE for all who are not online; none where nobody is or none is wanted; more only above the limits of a SendResult. */
  readonly results: readonly SendResultInit[];
}

/**
 * Plans who pushes a message to whom, in time linear in the receivers.
 *
 * Receivers are grouped by server and terminal; a user listed twice counts once. Who may be reached on all terminals is missed only if on
 * none; with receiver_terminals each missing one is. The sender's other terminals get a copy unless `skip_self`, for which no result is
 * asked; the terminal that sent the message gets none in any case. The data is in delivery form, and shared by all ReceiveInfos.
 * @param message with its message_id, if it has one. It is not changed.
 * @throws ProtocolError INVALID_MESSAGE for a message without sender, and for a group whose members nobody told.
 */
export function planFanOut(message: PrivateMessageInit | GroupMessageInit, routes: Routes, options: FanOutOptions = {}): FanOut {
  const { sender, receiverTerminals = [], skipSelf = false, skipResult = false } = message;
  if (sender === undefined) throw refuse('sender', 'required', 'not set');
  const { serviceName, traceId } = options;
  const { cmd, data, receiverIds } = described(message, options);
  const terminals = receiverTerminals.length > 0 ? new Set<number>(receiverTerminals) : undefined;
  const userIds = new Set(receiverIds);
  const { receivers, copies, offline } = findAddresses({ sender, userIds, terminals, skipSelf }, routes);

  const receiveInfo = { cmd, sender, serviceName, traceId, data: forDelivery(data) };
  const result = { cmd, sender, traceId, code: SendCode.NOT_ONLINE, messageId: message.content?.messageId };
  return {
    receiveInfos: [
      ...planned(receivers, { ...receiveInfo, skipResult }),
      // "the sender's own terminals, with skip_result"
      ...planned(copies, { ...receiveInfo, skipResult: true }),
    ],
    results: skipResult ? [] : Array.from(offline.messages(), (lists) => ({ ...result, receivers: lists })),
  };
}

interface Described {
  readonly cmd: Command;
  readonly data: NonNullable<ReceiveInfoInit['data']>;
  readonly receiverIds: Iterable<bigint>;
}

function described(message: PrivateMessageInit | GroupMessageInit, options: FanOutOptions): Described {
  if (!('groupId' in message)) {
    const { receiverId = 0n } = message as PrivateMessageInit;
    return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: message }, receiverIds: [receiverId] };
  }
  const { receiverIds: listed = [] } = message;
  const receiverIds = options.receiverIds ?? listed;
  if (receiverIds === listed && listed.length === 0) {
    throw refuse('receiverIds', 'min_items', 'got 0 items: all members are meant, and the option receiverIds has to tell them');
  }
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: message }, receiverIds };
}

function planned(servers: ByServer, receiveInfo: ReceiveInfoInit): PlannedReceiveInfo[] {
  return [...servers].flatMap(([serverId, lists]) =>
    Array.from(lists.messages(), (receivers) => ({ serverId, receiveInfo: { ...receiveInfo, receivers } })),
  );
}

// Which server reaches which terminal of whom.
/** The receivers that each server reaches. */
type ByServer = Map<string | number, ReceiverLists>;

interface Addresses {
  readonly receivers: ByServer;
  /** The sender's other terminals. */
  readonly copies: ByServer;
  /** Who is not online. */
  readonly offline: ReceiverLists;
}

interface Addressees {
  readonly sender: UserInfoInit;
  /** Each once. */
  readonly userIds: ReadonlySet<bigint>;
  /** Undefined = all. */
  readonly terminals: ReadonlySet<number> | undefined;
  readonly skipSelf: boolean;
}

/** Where one is missed who is logged in nowhere, and could be reached anywhere. */
const KNOWN_TERMINALS: readonly Terminal[] = [Terminal.WEB, Terminal.APP, Terminal.PC];

function findAddresses(addressees: Addressees, routes: Routes): Addresses {
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

/** Receivers, one list for each kind of terminal. */
class ReceiverLists {
  readonly #userIds = new Map<number, bigint[]>();

  /** Each user is added once for a terminal. */
  add(terminal: number, userId: bigint): void {
    const userIds = this.#userIds.get(terminal);
    if (userIds === undefined) this.#userIds.set(terminal, [userId]);
    else userIds.push(userId);
  }

  /**
   * As ReceiveInfo and SendResult carry them, once for each message that is needed: "More than 10,000 receivers on a terminal: several
   * ReceiveInfo", and at most 16 lists in one.
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
