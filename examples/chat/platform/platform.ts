// The platform: accepts messages, finds the servers of their receivers, and collects the results.
import {
  Command,
  type ContentInit,
  forDelivery,
  ProtocolError,
  type ReceiveInfoInit,
  SendCode,
  SendInfo,
  type SendResult,
  type SendResultInit,
  type Terminal,
  type UserInfo,
} from '@im/protocol';
import { consumerGroup, planFanOut, RouteTable, receiveInfoMessage, sendResultMessage, topics } from '@im/protocol/rocketmq';
import type { WatchedBroker } from '../broker/watched-broker.js';
import type { Application, ChatData } from './application.js';
import { MessageStore } from './message-store.js';
import { secondLogin } from './session.js';

/** Under this name the results come back. */
const SERVICE_NAME = 'chat';
const OWNER = 'platform';

export interface PlatformOptions {
  readonly broker: WatchedBroker;
  readonly serverIds: readonly number[];
  /** The members of each group. */
  readonly groups: ReadonlyMap<bigint, readonly bigint[]>;
  /** Gets each SendResult. */
  readonly onResult: (result: SendResult) => void;
}

export class Platform implements Application {
  readonly routes = new RouteTable();
  readonly messages = new MessageStore();
  readonly #options: PlatformOptions;

  private constructor(options: PlatformOptions) {
    this.#options = options;
  }

  /** Resolves when it gets the results of the servers. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const platform = new Platform(options);
    await options.broker.subscribe(consumerGroup('service', SERVICE_NAME), topics.ofResults(), ({ message }) => {
      if (message.payload?.$case === 'sendResult') options.onResult(message.payload.value);
    });
    return platform;
  }

  async message(data: ChatData): Promise<SendResultInit> {
    this.#permit(data);
    const cmd = commandOf(data);
    const { stored, messageId, isNew } = this.messages.store(data);
    if (isNew) await this.#send(stored, messageId);
    // "SUCCESS = the server has taken it over, with message_id, nothing about delivery"
    return { code: SendCode.SUCCESS, cmd, messageId };
  }

  async loggedIn(user: UserInfo, deviceId: string, serverId: number): Promise<void> {
    const previous = this.routes.set(user.userId, user.terminal, serverId);
    if (previous === undefined || previous === serverId) return;
    await this.#publish(previous, {
      cmd: Command.FORCE_LOGOUT,
      receivers: [{ terminal: user.terminal, userIds: [user.userId] }],
      data: { $case: 'forceLogout', value: secondLogin(user, deviceId) },
    });
  }

  async loggedOut(user: UserInfo, serverId: number): Promise<void> {
    this.routes.delete(user.userId, user.terminal, serverId);
  }

  /** A server is gone, and with it all its sessions. */
  serverLost(serverId: number): void {
    this.routes.deleteServer(serverId);
  }

  /**
   * The messages that a terminal may have missed, in the form of a push: "After a reconnect the client ... asks the platform for the
   * messages after its last message_id."
   */
  messagesAfter({ userId, terminal }: UserInfo, messageId: bigint): SendInfo[] {
    const missed = this.messages.after(messageId).filter((data) => this.#isFor(data, userId, terminal));
    return missed.map((data) => SendInfo.create({ cmd: commandOf(data), data: forDelivery(data) }));
  }

  /** Sends a system message to all users who are online. */
  async announce(content: ContentInit): Promise<void> {
    const value = { content: { ...content, messageId: this.messages.nextId(), sentAtMs: BigInt(Date.now()) } };
    for (const serverId of this.#options.serverIds) {
      await this.#publish(serverId, { cmd: Command.SYSTEM_MESSAGE, everyone: true, data: { $case: 'systemMessage', value } });
    }
  }

  /** @throws ProtocolError PERMISSION_DENIED */
  #permit({ $case, value }: ChatData): void {
    const { body } = value.content!;
    if (body?.$case === 'recall') {
      const recalled = this.messages.get(body.value.messageId);
      if (recalled.value.sender!.userId !== value.sender!.userId)
        throw new ProtocolError('PERMISSION_DENIED', 'only the sender recalls a message');
    }
    if ($case === 'groupMessage' && !this.#membersOf(value.groupId).includes(value.sender!.userId)) {
      throw new ProtocolError('PERMISSION_DENIED', 'only members write to a group');
    }
  }

  /** The ReceiveInfo for each server, and a SendResult for the receivers who are offline. */
  async #send(data: ChatData, messageId: bigint): Promise<void> {
    const traceId = `chat-${messageId}`;
    const receiverIds = data.$case === 'groupMessage' ? this.#groupReceivers(data.value) : undefined;
    const plan = planFanOut(data.value, this.routes, { serviceName: SERVICE_NAME, traceId, receiverIds });
    const { broker } = this.#options;
    await Promise.all([
      ...plan.receiveInfos.map(({ serverId, receiveInfo }) => this.#publish(serverId, receiveInfo)),
      ...plan.results.map((result) => broker.publish(OWNER, sendResultMessage(result), { serviceName: SERVICE_NAME })),
    ]);
  }

  async #publish(serverId: string | number, receiveInfo: ReceiveInfoInit): Promise<void> {
    await this.#options.broker.publish(OWNER, receiveInfoMessage(serverId, { ...receiveInfo, serviceName: SERVICE_NAME }));
  }

  /** "A GroupMessage without receiver_ids is for all members, whom the platform looks up." The sender is not a receiver. */
  #groupReceivers({ groupId, receiverIds, sender }: Extract<ChatData, { $case: 'groupMessage' }>['value']): bigint[] {
    const members = this.#membersOf(groupId).filter((member) => member !== sender!.userId);
    return receiverIds.length === 0 ? members : members.filter((member) => receiverIds.includes(member));
  }

  /** The receivers, and the other terminals of the sender. */
  #isFor(data: ChatData, userId: bigint, terminal: Terminal): boolean {
    const { sender, receiverTerminals, skipSelf } = data.value;
    if (userId === sender!.userId) return terminal !== sender!.terminal && !skipSelf;
    const receivers = data.$case === 'privateMessage' ? [data.value.receiverId] : this.#groupReceivers(data.value);
    return receivers.includes(userId) && (receiverTerminals.length === 0 || receiverTerminals.includes(terminal));
  }

  #membersOf(groupId: bigint): readonly bigint[] {
    return this.#options.groups.get(groupId) ?? [];
  }
}

function commandOf({ $case }: ChatData): Command {
  return $case === 'privateMessage' ? Command.PRIVATE_MESSAGE : Command.GROUP_MESSAGE;
}
