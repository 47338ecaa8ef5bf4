// Plans the fan-out of a message: a ReceiveInfo per IM server, and a result for receivers that are offline.

import { Command } from '../../generated/im/protocol/v1/command.js';
import type { GroupMessageInit } from '../../generated/im/protocol/v1/group_message.js';
import type { PrivateMessageInit } from '../../generated/im/protocol/v1/private_message.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { forDelivery } from '../codec/for-delivery.js';
import { forOlderVersion } from '../codec/for-older-version.js';
import { refuse } from './broker-errors.js';
import { hasResult, messageIdOf } from './message-facts.js';
import { ReceiverLists } from './receiver-lists.js';
import type { FoundRoutes, Route, Routes } from './routes.js';

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
  /**
   * The connection that has sent the message, as its UplinkInfo names it. If the routes name connections, the other ones of the sending terminal,
   * for example other tabs, get a copy. Default: unknown, the sending terminal gets nothing.
   */
  readonly sentFrom?: Pick<UplinkInfoInit, 'serverId' | 'connectionId'> | undefined;
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
  /**
   * At most two per server: for the receivers, and for the sender's other terminals; more only above the limits of a ReceiveInfo, for a
   * finished stream, which connections of version 1 get as text, and one for each other connection of the sending terminal.
   */
  readonly receiveInfos: readonly PlannedReceiveInfo[];
  /**
   * One NOT_ONLINE for all offline receivers, and one UNSUPPORTED_VERSION for those on connections that cannot take the message; none with
   * `skip_result`, and for TYPING, CHUNK and ROOM_MESSAGE; more only above the limits of a SendResult.
   */
  readonly results: readonly SendResultInit[];
}

/** A command to fan out. */
export interface FanOutCommand {
  readonly cmd: Command;
  readonly data?: ReceiveInfoInit['data'];
  /** Undefined = the platform. The sending terminal does not get the command. */
  readonly sender?: UserInfoInit | undefined;
  readonly receiverIds: Iterable<bigint>;
  /** Default: all. */
  readonly receiverTerminals?: readonly Terminal[] | undefined;
  /** The sender's other terminals get no copy. Default false. */
  readonly skipSelf?: boolean | undefined;
  /** No results. Default false. */
  readonly skipResult?: boolean | undefined;
}

/**
 * Plans which server pushes a message to which receivers, in linear time, after one lookup of all their routes.
 *
 * Receivers are grouped by server and terminal; duplicates count once, and so do several connections of a user on a server and terminal. Without
 * receiver_terminals, a receiver is offline if no terminal is online; with them, each missing terminal is reported. The sender's other terminals
 * get a copy without a result, unless `skip_self`; the sending terminal never gets one, but its other connections do with `sentFrom`. The data is
 * in delivery form and shared by all ReceiveInfos.
 * @param message with its message_id, if it has one. Not changed.
 * @param routes where users are online: `find` is called once, with the sender and all receivers.
 * @throws ProtocolError (as a rejection) INVALID_MESSAGE for a message without sender, and for a group message without receivers; the errors of
 * `find`.
 */
export async function planFanOut(
  message: PrivateMessageInit | GroupMessageInit,
  routes: Pick<Routes, 'find'>,
  options: FanOutOptions = {},
): Promise<FanOut> {
  const { sender, receiverTerminals = [], skipSelf = false, skipResult = false } = message;
  if (sender === undefined) throw refuse('sender', 'required', 'not set');
  return planCommand({ ...describe(message, options), sender, receiverTerminals, skipSelf, skipResult }, routes, options);
}

/**
 * Plans the fan-out of any command between services, as `planFanOut` does that of a message.
 *
 * Each connection gets the message in the form of `forOlderVersion`, because a server of version 1 pushes what it does not know. A command of
 * version 2, a body of version 2 without a fallback and a stream that is OPEN go only to connections whose route has version 2. For other
 * receivers there is a result UNSUPPORTED_VERSION.
 * @param command not changed.
 * @param routes where users are online: `find` is called once, with the sender and all receivers.
 * @throws ProtocolError (as a rejection) the errors of `find`.
 */
export async function planCommand(
  command: FanOutCommand,
  routes: Pick<Routes, 'find'>,
  { serviceName, traceId, sentFrom }: Omit<FanOutOptions, 'receiverIds'> = {},
): Promise<FanOut> {
  const { cmd, data, sender, receiverIds, receiverTerminals = [], skipSelf = false, skipResult = false } = command;
  const terminals = receiverTerminals.length > 0 ? new Set<number>(receiverTerminals) : undefined;
  const userIds = new Set(receiverIds);
  const addressees = { sender, userIds, terminals, skipSelf, sentFrom, formFor: formsOf({ cmd, data }) };
  const found = await routes.find(sender === undefined ? userIds : new Set([...userIds, sender.userId ?? 0n]));
  const { receivers, copies, siblings, offline, unsupported } = findAddresses(addressees, found);

  const receiveInfo = { cmd, sender, serviceName, traceId };
  const messageId = messageIdOf({ $case: 'receiveInfo', value: { data } });
  const resultsFor = (lists: ReceiverLists, code: SendCode): SendResultInit[] =>
    Array.from(lists.messages(), (some) => ({ cmd, sender, traceId, code, messageId, receivers: some }));
  return {
    receiveInfos: [
      ...planFor(receivers, { ...receiveInfo, skipResult }),
      // The other terminals of the sender. They cause no result.
      ...planFor(copies, { ...receiveInfo, skipResult: true }),
      ...siblings.map(({ form, route }) => planForConnection(form, route, { ...receiveInfo, skipResult: true })),
    ],
    results:
      skipResult || !hasResult(cmd)
        ? []
        : [...resultsFor(offline, SendCode.NOT_ONLINE), ...resultsFor(unsupported, SendCode.UNSUPPORTED_VERSION)],
  };
}

/**
 * Plans a message to an audience, a large group or a room: "it goes to every server as one ReceiveInfo", without lists of ids, and makes no
 * result.
 * @param receiveInfo with `audience`; `everyone` is set here. Not changed.
 * @param serverIds servers of version 2, which know `audience`: `Routes.version2Servers()`.
 * @throws ProtocolError INVALID_MESSAGE without `audience`, which would be a message to everyone, and with receivers.
 */
export function planAudience(receiveInfo: ReceiveInfoInit, serverIds: Iterable<string | number>): PlannedReceiveInfo[] {
  if (receiveInfo.audience === undefined) throw refuse('audience', 'required', 'not set');
  if (receiveInfo.receivers?.length)
    throw refuse('receivers', 'exactly_one', 'got receivers and audience, exactly one is allowed');
  const planned = { ...receiveInfo, everyone: true, data: forDelivery(receiveInfo.data) };
  return Array.from(serverIds, (serverId) => ({ serverId, receiveInfo: planned }));
}

/** A command as connections of a version get it. */
type Form = Pick<ReceiveInfoInit, 'cmd' | 'data'>;

/** The form for a connection; undefined = its version has none. */
type FormFor = (route: Route) => Form | undefined;

function formsOf(message: Form): FormFor {
  const older = forOlderVersion(message, 1);
  if (older === message) return () => message;
  const forms = new Map<number, Form | undefined>([[1, older]]);
  return ({ version = 1 }) => {
    if (!forms.has(version)) forms.set(version, forOlderVersion(message, version));
    return forms.get(version);
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

function planFor(forms: ByForm, common: ReceiveInfoInit): PlannedReceiveInfo[] {
  return [...forms].flatMap(([{ data }, servers]) => {
    const receiveInfo = { ...common, data: forDelivery(data) };
    return [...servers].flatMap(([serverId, lists]) =>
      Array.from(lists.messages(), (receivers) => ({ serverId, receiveInfo: { ...receiveInfo, receivers } })),
    );
  });
}

/** Of the sender's terminal, one connection gets the message, and the one that has sent it does not. */
function planForConnection(
  { data }: Form,
  { serverId, connectionId, terminal }: Route,
  common: ReceiveInfoInit,
): PlannedReceiveInfo {
  const receivers = [{ terminal, userIds: [common.sender?.userId ?? 0n] }];
  return { serverId, receiveInfo: { ...common, data: forDelivery(data), receivers, connectionId } };
}

/** The receivers of each form of the message, on each server. */
type ByForm = Map<Form, Map<string | number, ReceiverLists>>;

interface Addresses {
  readonly receivers: ByForm;
  /** The sender's other terminals. */
  readonly copies: ByForm;
  /** The other connections of the sending terminal. */
  readonly siblings: { readonly form: Form; readonly route: Route }[];
  /** Receivers that are offline. */
  readonly offline: ReceiverLists;
  /** Receivers whose connections cannot take the message. */
  readonly unsupported: ReceiverLists;
}

interface Addressees {
  readonly sender: UserInfoInit | undefined;
  /** Without duplicates. */
  readonly userIds: ReadonlySet<bigint>;
  /** Undefined = all. */
  readonly terminals: ReadonlySet<number> | undefined;
  readonly skipSelf: boolean;
  readonly sentFrom: FanOutOptions['sentFrom'];
  readonly formFor: FormFor;
}

/** The terminals reported for an offline receiver if the message is for all terminals. */
const KNOWN_TERMINALS: readonly Terminal[] = [Terminal.WEB, Terminal.APP, Terminal.PC];

function findAddresses(addressees: Addressees, routes: FoundRoutes): Addresses {
  const { sender, userIds, terminals, skipSelf, formFor } = addressees;
  const lists = { offline: new ReceiverLists(), unsupported: new ReceiverLists() };
  const addresses: Addresses = { receivers: new Map(), copies: new Map(), siblings: [], ...lists };
  for (const userId of userIds) addReceiver(userId, addressees, routes, addresses);
  if (sender === undefined) return addresses;
  const { userId = 0n } = sender;
  const isReceiver = (terminal = 0): boolean => userIds.has(userId) && (terminals?.has(terminal) ?? true);
  const found = routes.get(userId) ?? [];
  if (!skipSelf || isReceiver(sender.terminal)) addSiblings(found, addressees, addresses);
  if (skipSelf) return addresses;
  for (const route of onePerServer(found)) {
    const { terminal } = route;
    const form = formFor(route);
    // A sender who is also a receiver gets only one copy.
    if (form !== undefined && terminal !== sender.terminal && !isReceiver(terminal)) add(addresses.copies, form, route, userId);
  }
  return addresses;
}

function addSiblings(found: readonly Route[], { sender, sentFrom, formFor }: Addressees, { siblings }: Addresses): void {
  if (sentFrom === undefined) return;
  for (const route of found) {
    const { terminal, connectionId, serverId } = route;
    if (terminal !== sender?.terminal || connectionId === undefined) continue;
    if (connectionId === sentFrom.connectionId && String(serverId) === sentFrom.serverId) continue;
    const form = formFor(route);
    if (form !== undefined) siblings.push({ form, route });
  }
}

/**
 * One route for each server and terminal: the server pushes to all connections there, to each in the form of its version, if it gets that of the
 * newest.
 */
function onePerServer(routes: readonly Route[]): readonly Route[] {
  if (routes.length < 2 || routes.every(({ connectionId }) => connectionId === undefined)) return routes;
  const found = new Map<string, Route>();
  for (const route of routes) {
    const key = `${route.terminal} ${route.serverId}`;
    const other = found.get(key);
    if (other === undefined || (other.version ?? 0) < (route.version ?? 0)) found.set(key, route);
  }
  return [...found.values()];
}

function addReceiver(
  userId: bigint,
  { sender, terminals, formFor }: Addressees,
  routes: FoundRoutes,
  addresses: Addresses,
): void {
  const found = onePerServer(routes.get(userId) ?? []);
  let isReached = false;
  for (const route of found) {
    const { terminal } = route;
    const form = formFor(route);
    if (form === undefined) continue;
    isReached = true;
    if (terminals !== undefined && !terminals.has(terminal)) continue;
    // The sending terminal has the message.
    if (terminal === sender?.terminal && userId === sender.userId) continue;
    add(addresses.receivers, form, route, userId);
  }
  // For all terminals, it is enough that one is reached.
  if (terminals === undefined && isReached) return;
  const wanted = terminals ?? (found.length > 0 ? found.map(({ terminal }) => terminal) : KNOWN_TERMINALS);
  for (const terminal of wanted) {
    const routesOn = found.filter((route) => route.terminal === terminal);
    const isSender = terminal === sender?.terminal && userId === sender.userId;
    if (routesOn.length === 0) addresses.offline.add(terminal, userId);
    else if (!isSender && !routesOn.some(formFor)) addresses.unsupported.add(terminal, userId);
  }
}

function add(forms: ByForm, form: Form, { serverId, terminal }: Route, userId: bigint): void {
  const servers = forms.get(form) ?? new Map<string | number, ReceiverLists>();
  forms.set(form, servers);
  const lists = servers.get(serverId) ?? new ReceiverLists();
  servers.set(serverId, lists);
  lists.add(terminal, userId);
}
