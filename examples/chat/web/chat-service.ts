// The callbacks of `listen` for the pages.
import { randomUUID } from 'node:crypto';
import {
  Command,
  forDelivery,
  ProtocolError,
  SendCode,
  type SendInfo,
  type SendInfoInit,
  Terminal,
  type UserInfo,
} from '@im/protocol';
import type { Server, ServerConnection, ServerHandlers } from '@im/protocol/node';
import { USERS } from './users.js';

type PrivateData = Extract<NonNullable<SendInfo['data']>, { $case: 'privateMessage' }>;

/** All is kept in memory, and ends with the process. */
export class ChatService implements ServerHandlers {
  readonly #verify: (token: string) => Promise<UserInfo>;
  /** Messages that their receivers have not confirmed, by receiver and id. */
  readonly #waiting = new Map<bigint, Map<bigint, PrivateData>>();
  /** Ids of messages by sender and client_message_id: "the same one sent again is delivered once". */
  readonly #known = new Map<string, bigint>();
  /** Ids grow from the time on, so that those of a server that was started again are new to its clients. */
  #lastId = BigInt(Date.now()) << 10n;
  server: Server | undefined;

  /** @param verify says whose a token is: see `createVerifier`. */
  constructor(verify: (token: string) => Promise<UserInfo>) {
    this.#verify = verify;
  }

  async login({ accessToken }: { accessToken: string }) {
    return { ...(await this.#verify(accessToken)), sessionId: randomUUID() };
  }

  /** Sends the missed messages after a login. */
  onLogin(connection: ServerConnection): void {
    const { userId } = connection.user!;
    for (const messageId of this.#waitingFor(userId).keys()) void this.#deliver(connection, userId, messageId);
  }

  message({ cmd, data }: SendInfo, { user }: ServerConnection): SendInfoInit | undefined {
    if (data?.$case !== 'privateMessage') return undefined;
    const { receiverId, content, sender } = data.value;
    if (sender!.userId !== user!.userId) throw new ProtocolError('PERMISSION_DENIED', 'the sender is somebody else');
    if (!USERS.some(({ userId }) => userId === receiverId)) throw new ProtocolError('PERMISSION_DENIED', 'there is no such user');
    if (content!.body?.$case === 'read') this.#connectionOf(receiverId)?.push({ cmd, data: forDelivery(data) });
    const messageId = content!.body?.$case === 'read' ? 0n : this.#take(user!.userId, data);
    const result = { code: SendCode.SUCCESS, cmd, messageId };
    return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: result } };
  }

  /** Gives a message its id, keeps it, and sends it on its way. */
  #take(senderId: bigint, { $case, value }: PrivateData): bigint {
    const content = value.content!;
    const key = `${senderId} ${content.clientMessageId}`;
    const known = content.clientMessageId === '' ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    this.#lastId += 1n;
    const messageId = this.#lastId;
    this.#known.set(key, messageId);
    const stamped = { ...content, messageId, sentAtMs: BigInt(Date.now()) };
    this.#waitingFor(value.receiverId).set(messageId, forDelivery({ $case, value: { ...value, content: stamped } }));
    const connection = this.#connectionOf(value.receiverId);
    if (connection !== undefined) void this.#deliver(connection, value.receiverId, messageId);
    return messageId;
  }

  /** A push whose receipt the client confirms; until then the message stays, for the next connection. */
  async #deliver(connection: ServerConnection, receiverId: bigint, messageId: bigint): Promise<void> {
    const data = this.#waitingFor(receiverId).get(messageId)!;
    try {
      await connection.request({ cmd: Command.PRIVATE_MESSAGE, data });
      this.#waitingFor(receiverId).delete(messageId);
    } catch {
      // The connection has ended, or does not answer.
    }
  }

  #waitingFor(userId: bigint): Map<bigint, PrivateData> {
    const messages = this.#waiting.get(userId) ?? new Map<bigint, PrivateData>();
    this.#waiting.set(userId, messages);
    return messages;
  }

  #connectionOf(userId: bigint): ServerConnection | undefined {
    return this.server?.connections.get(userId, Terminal.WEB);
  }
}
