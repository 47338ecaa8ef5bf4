// The platform: it takes messages over, finds out which servers hold their receivers, and collects what became of them.
import {
  Command,
  type ContentInit,
  decodeFrame,
  encodeFrame,
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
import type { Queue } from '../queue/queue.js';
import { messageTopic, resultTopic, resultTopics } from '../queue/topics.js';
import { findAddresses } from './address.js';
import type { Application, ChatData } from './application.js';
import { MessageStore } from './message-store.js';
import { Routes } from './routes.js';
import { secondLogin } from './session.js';

/** Under this name the results come back. */
const SERVICE_NAME = 'chat';

export interface PlatformOptions {
  readonly queue: Queue;
  readonly serverIds: readonly number[];
  /** The members of each group. */
  readonly groups: ReadonlyMap<bigint, readonly bigint[]>;
  /** Gets each SendResult. */
  readonly onResult: (result: SendResult) => void;
}

export class Platform implements Application {
  readonly routes = new Routes();
  readonly messages = new MessageStore();
  readonly #options: PlatformOptions;

  constructor(options: PlatformOptions) {
    this.#options = options;
    for (const topic of resultTopics()) options.queue.subscribe(topic, (frame) => this.#collect(frame));
  }

  async message(data: ChatData): Promise<SendResultInit> {
    this.#permit(data);
    const cmd = commandOf(data);
    const { stored, messageId, isNew } = this.messages.store(data);
    if (isNew) this.#send(cmd, stored, messageId);
    // "SUCCESS = the server has taken it over, with message_id, nothing about delivery"
    return { code: SendCode.SUCCESS, cmd, messageId };
  }

  async loggedIn(user: UserInfo, deviceId: string, serverId: number): Promise<void> {
    const previous = this.routes.set(user, serverId);
    if (previous === undefined || previous === serverId) return;
    this.#publish(previous, {
      cmd: Command.FORCE_LOGOUT,
      receivers: [{ terminal: user.terminal, userIds: [user.userId] }],
      data: { $case: 'forceLogout', value: secondLogin(user, deviceId) },
    });
  }

  async loggedOut(user: UserInfo, serverId: number): Promise<void> {
    this.routes.delete(user, serverId);
  }

  /** A server is gone, and nobody is on it any more. */
  serverLost(serverId: number): void {
    this.routes.deleteServer(serverId);
  }

  /**
   * What a terminal may have missed, as it would have been pushed: "after a reconnect the client ... asks the platform for what follows
   * its last message_id".
   */
  messagesAfter({ userId, terminal }: UserInfo, messageId: bigint): SendInfo[] {
    const missed = this.messages.after(messageId).filter((data) => this.#isFor(data, userId, terminal));
    return missed.map((data) => SendInfo.create({ cmd: commandOf(data), data: forDelivery(data) }));
  }

  /** Tells everyone who is online. */
  announce(content: ContentInit): void {
    const value = { content: { ...content, messageId: this.messages.nextId(), sentAtMs: BigInt(Date.now()) } };
    for (const serverId of this.#options.serverIds) {
      this.#publish(serverId, { cmd: Command.SYSTEM_MESSAGE, everyone: true, data: { $case: 'systemMessage', value } });
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

  /** One ReceiveInfo a server, and a SendResult for those who are not online. */
  #send(cmd: Command, data: ChatData, messageId: bigint): void {
    const { sender, receiverTerminals: terminals, skipSelf, skipResult } = data.value;
    const userIds = data.$case === 'privateMessage' ? [data.value.receiverId] : this.#groupReceivers(data.value);
    const { servers, offline } = findAddresses({ sender: sender!, userIds, terminals, skipSelf }, this.routes);
    const traceId = `chat-${messageId}`;
    for (const [serverId, { receivers }] of servers) {
      this.#publish(serverId, { cmd, sender, receivers, skipResult, traceId, data: forDelivery(data) });
    }
    const { receivers } = offline;
    if (receivers.length > 0 && !skipResult) {
      const result = encodeFrame('SendResult', { sender, receivers, code: SendCode.NOT_ONLINE, cmd, messageId, traceId });
      this.#options.queue.publish(resultTopic(cmd), result);
    }
  }

  #publish(serverId: number, receiveInfo: ReceiveInfoInit & { cmd: Command }): void {
    const frame = encodeFrame('ReceiveInfo', { ...receiveInfo, serviceName: SERVICE_NAME });
    this.#options.queue.publish(messageTopic(receiveInfo.cmd, serverId), frame);
  }

  #collect(bytes: Uint8Array): void {
    const { type, message } = decodeFrame(bytes);
    if (type !== 'SendResult') throw new ProtocolError('UNSUPPORTED_TYPE', `the result topics carry SendResult, got ${type}`);
    this.#options.onResult(message);
  }

  /** "GroupMessage without receiver_ids means all members, which the platform resolves." The sender is none of its receivers. */
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
