// From the platform to the terminals of users: finds their servers, and publishes what these push.
import type { Command, ConversationRef, ReceiveInfoInit, UserInfo } from '@im/protocol';
import type { MessageData } from '@im/protocol/conversation';
import {
  type Broker,
  type FanOut,
  type FanOutCommand,
  type FanOutOptions,
  type FoundRoutes,
  forceLogoutMessage,
  type PlannedReceiveInfo,
  planAudience,
  planCommand,
  type Route,
  type Routes,
  receiveInfoMessage,
  type SupersededSession,
  sendResultMessage,
} from '@im/protocol/rocketmq';
import { commandOf } from '../messages/message-data.js';
import { isReader } from '../messages/readers.js';
import type { StoredMessage } from '../storage/storage.js';

type Data = NonNullable<ReceiveInfoInit['data']>;

/** The connection that has sent a message. */
export type SentFrom = FanOutOptions['sentFrom'];

export interface OutboxOptions {
  readonly broker: Pick<Broker, 'publish'>;
  readonly routes: Routes;
  /** Under this name the results come back. */
  readonly serviceName: string;
  /** The message as a user may see it. */
  readonly visible: (data: MessageData, userId: bigint) => Promise<MessageData>;
}

export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Sends a message to the members who may see it, and a copy to the other terminals and tabs of its sender. */
  async message(message: StoredMessage, memberIds: readonly bigint[], sentFrom?: SentFrom): Promise<void> {
    const { data, senderId, messageId } = message;
    const { sender, skipSelf = false, receiverTerminals = [], skipResult = false } = routingOf(data);
    const traceId = `chat-${messageId}`;
    const common = { cmd: commandOf(data), sender, skipSelf: true };
    const readers = memberIds.filter((userId) => userId !== senderId && isReader(message, userId));
    for (const { form, userIds } of await this.#forms(data, readers))
      await this.#send(
        { ...common, data: form, receiverIds: userIds, receiverTerminals, skipResult },
        this.#options.routes,
        traceId,
      );
    if (!skipSelf && senderId !== 0n)
      await this.#send({ ...common, data, receiverIds: [senderId], skipResult: true }, this.#options.routes, traceId, sentFrom);
  }

  /** Sends a command to users: with `sender` not to the terminal that caused it. Connections of version 1 get none of version 2. */
  async command(command: FanOutCommand): Promise<void> {
    await this.#send({ skipSelf: true, skipResult: true, ...command }, this.#options.routes);
  }

  /** Sends a command to one terminal. */
  async terminal({ userId, terminal }: UserInfo, cmd: Command, data: Data): Promise<void> {
    await this.command({ cmd, data, receiverIds: [userId], receiverTerminals: [terminal] });
  }

  /** Sends a message to those terminals of users whose connections are of version 1. */
  async olderTerminals(data: MessageData, sender: UserInfo, receiverIds: readonly bigint[]): Promise<void> {
    const { routes } = this.#options;
    const isOlder = ({ version = 1 }: Route): boolean => version < 2;
    const older = {
      find: async (userIds: Iterable<bigint>): Promise<FoundRoutes> =>
        new Map([...(await routes.find(userIds))].map(([userId, found]) => [userId, found.filter(isOlder)])),
    };
    await this.#send({ cmd: commandOf(data), data, sender, receiverIds, skipSelf: true, skipResult: true }, older);
  }

  /** Sends an event to all connections in a room: one ReceiveInfo for each server. */
  async room(audience: ConversationRef, sender: UserInfo, cmd: Command, data: Data): Promise<void> {
    const { routes, serviceName } = this.#options;
    await this.#publish(planAudience({ cmd, sender, audience, data, serviceName }, await routes.version2Servers()));
  }

  /** Sends a message of the platform to all who are online, whatever their version. */
  async everyone(serverIds: readonly (string | number)[], data: MessageData): Promise<void> {
    const receiveInfo = { cmd: commandOf(data), everyone: true, data, serviceName: this.#options.serviceName };
    await this.#publish(serverIds.map((serverId) => ({ serverId, receiveInfo })));
  }

  /** Ends the session of a user that a later one on another server supersedes. */
  async forceLogout(session: SupersededSession, user: UserInfo, reason: string): Promise<void> {
    await this.#options.broker.publish(forceLogoutMessage(session, { user, reason }));
  }

  /** The message in each form that a reader may see, with these readers: a single one, unless it was forwarded. */
  async #forms(data: MessageData, userIds: readonly bigint[]): Promise<{ form: MessageData; userIds: bigint[] }[]> {
    const forms = new Map<string, { form: MessageData; userIds: bigint[] }>();
    for (const userId of userIds) {
      const form = await this.#options.visible(data, userId);
      const key = form === data ? '' : JSON.stringify(form, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
      const known = forms.get(key);
      if (known === undefined) forms.set(key, { form, userIds: [userId] });
      else known.userIds.push(userId);
    }
    return [...forms.values()];
  }

  async #send(command: FanOutCommand, routes: Pick<Routes, 'find'>, traceId?: string, sentFrom?: SentFrom): Promise<void> {
    const { broker, serviceName } = this.#options;
    const plan: FanOut = await planCommand(command, routes, { serviceName, traceId, sentFrom });
    await this.#publish(plan.receiveInfos);
    for (const result of plan.results) await broker.publish(sendResultMessage(result), { serviceName });
  }

  async #publish(planned: readonly PlannedReceiveInfo[]): Promise<void> {
    const { broker } = this.#options;
    await Promise.all(planned.map(({ serverId, receiveInfo }) => broker.publish(receiveInfoMessage(serverId, receiveInfo))));
  }
}

function routingOf(data: MessageData) {
  return data.$case === 'systemMessage' ? { ...data.value, sender: undefined, skipSelf: false } : data.value;
}
