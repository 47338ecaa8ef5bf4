// What the platform of the new release does with version 2.
import { readPositionOf, readReceiptOf } from '../../../src/conversation/index.js';
import {
  Command,
  type ConversationRefInit,
  type PrivateMessageInit,
  type ReadPositionInit,
  type ReceiveInfoInit,
  type StreamState,
  type UplinkInfo,
  type UserInfoInit,
} from '../../../src/index.js';
import { type Consumer, type MemoryRoutes, planCommand, topics } from '../../../src/rocketmq/index.js';
import type { Platform } from './platform.js';

type Data = ReceiveInfoInit['data'];
type MessageData = Extract<Data, { $case: 'privateMessage' | 'groupMessage' }>;

export class Version2 {
  constructor(readonly platform: Platform) {}

  async start(): Promise<Consumer[]> {
    const { wire, routes } = this.platform;
    const uplinks = await wire.subscribe(this.platform, 'im_service_uplink', topics.ofUplinks(), async ({ message }) => {
      const { payload } = message;
      if (payload?.$case === 'sessionEvent') await routes.apply(payload.value);
      if (payload?.$case === 'uplinkInfo') await this.#takeUplink(payload.value);
    });
    return [uplinks];
  }

  /** Whether a message is a read receipt of version 1, which becomes a READ. */
  isRead(data: MessageData): boolean {
    return readPositionOf(data) !== undefined;
  }

  async takeReceipt(data: MessageData): Promise<void> {
    const position = readPositionOf(data)!;
    await this.#read(position);
  }

  /** Pushes the state of a message that is still being written: first OPEN, then as it is at its end. */
  async stream(message: PrivateMessageInit, state: StreamState, text: string, fallback = ''): Promise<void> {
    const body = { $case: 'stream', value: { state, text } } as const;
    const content = { ...message.content, fallback, body };
    await this.platform.send({ $case: 'privateMessage', value: { ...message, content } });
  }

  /** Sends a command to users, to those of their connections that take it. */
  async command(cmd: Command, data: Data, sender: UserInfoInit, receiverIds: Iterable<bigint>): Promise<void> {
    const routes = this.platform.routes as MemoryRoutes;
    const { receiveInfos } = await planCommand({ cmd, data, sender, receiverIds }, routes);
    for (const { serverId, receiveInfo } of receiveInfos) await this.platform.publish(serverId, receiveInfo);
  }

  async #takeUplink(uplink: UplinkInfo): Promise<void> {
    const { cmd, data, sender } = uplink;
    const user = sender!;
    switch (data?.$case) {
      case 'read': {
        const position = { ...data.value, reader: user };
        await this.#read(position);
        return this.#reply(uplink, { $case: 'read', value: position });
      }
      case 'conversation':
        await this.command(cmd, data, user, [user.userId]);
        return this.#reply(uplink, data);
      case 'typing':
        return this.command(cmd, data, user, this.#others(data.value.conversation!, user.userId));
      default:
        throw new Error(`uplink with command ${cmd}`);
    }
  }

  /** The reply to the client, on the connection that asked. */
  async #reply({ cmd, serverId, connectionId, sequence, sender }: UplinkInfo, data: Data): Promise<void> {
    if (sequence === 0) return;
    const receivers = [{ terminal: sender!.terminal, userIds: [sender!.userId] }];
    await this.platform.publish(serverId, { cmd, receivers, connectionId, replyTo: sequence, data });
  }

  /**
   * "A READ goes to the reader's other terminals and, in a private conversation, to the other user." Connections of version 1 get a read receipt
   * instead, with an id of its own.
   */
  async #read(position: ReadPositionInit): Promise<void> {
    const { platform } = this;
    const reader = position.reader!;
    const ids = [reader.userId!, ...this.#others(position.conversation!, reader.userId!)];
    const receiverIds = position.conversation?.kind?.$case === 'private' ? ids : ids.slice(0, 1);
    await this.command(Command.READ, { $case: 'read', value: position }, reader, receiverIds);
    for (const userId of receiverIds) {
      for (const route of (await platform.routesOf(userId)) ?? []) {
        const isReader = userId === reader.userId && route.terminal === reader.terminal;
        if (isReader || platform.takesVersion2(route)) continue;
        const data = readReceiptOf(position, platform.store.nextId()) as MessageData;
        const cmd = data.$case === 'privateMessage' ? Command.PRIVATE_MESSAGE : Command.GROUP_MESSAGE;
        const receivers = [{ terminal: route.terminal, userIds: [userId] }];
        await platform.publish(route.serverId, { cmd, sender: reader, data, receivers, skipResult: true });
      }
    }
  }

  #others(conversation: ConversationRefInit, userId: bigint): bigint[] {
    const { kind } = conversation;
    if (kind?.$case === 'groupId') return this.platform.membersBut(kind.value, userId);
    if (kind?.$case !== 'private') return [];
    const { lowerId = 0n, higherId = 0n } = kind.value;
    return [lowerId, higherId].filter((id) => id !== userId);
  }
}
