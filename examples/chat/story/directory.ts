import type { ConversationRef, UserInfo } from '@im/protocol';
import { groupRef, peerOf, privateRef } from '@im/protocol/conversation';
import type { People } from '../platform/context.js';
import { terminalName } from '../show/names.js';
import type { Conversation } from './conversation.js';

/** Maps the names in the file to the ids on the wire, and back. */
export class Directory {
  readonly #users: ReadonlyMap<string, bigint>;
  readonly #groups: ReadonlyMap<string, bigint>;
  readonly #rooms: ReadonlyMap<string, bigint>;
  /** The same for the platform, by ids. */
  readonly people: People;

  constructor({ users, groups, rooms = {}, assistant }: Conversation) {
    this.#users = new Map(Object.entries(users).map(([name, id]) => [name, BigInt(id)]));
    this.#groups = new Map(Object.entries(groups).map(([name, { groupId }]) => [name, BigInt(groupId)]));
    this.#rooms = new Map(Object.entries(rooms).map(([name, id]) => [name, BigInt(id)]));
    this.people = {
      users: new Map([...this.#users].map(([name, id]) => [id, name])),
      groups: new Map(
        Object.values(groups).map(({ groupId, members }) => [BigInt(groupId), members.map((name) => this.userId(name))]),
      ),
      rooms: new Set(this.#rooms.values()),
      assistantId: assistant === undefined ? undefined : this.userId(assistant),
    };
  }

  userId(name: string): bigint {
    const id = this.#users.get(name);
    if (id === undefined) throw new Error(`the file has no user ${name}`);
    return id;
  }

  /** Undefined where the name is not that of a group. */
  groupId(name: string): bigint | undefined {
    return this.#groups.get(name);
  }

  roomId(name: string): bigint {
    return this.#rooms.get(name)!;
  }

  /** The conversation of a user with another user or in a group, by names. */
  conversation(user: string, to: string): ConversationRef {
    const groupId = this.groupId(to);
    return groupId === undefined ? privateRef(this.userId(user), this.userId(to)) : groupRef(groupId);
  }

  /** The name of a conversation for a user: that of the group, or of the other user. */
  conversationName(conversation: ConversationRef, userId: bigint): string {
    const { kind } = conversation;
    return kind?.$case === 'groupId' ? this.groupName(kind.value) : this.userName(peerOf(conversation, userId) ?? 0n);
  }

  userName(id: bigint): string {
    return nameIn(this.#users, id);
  }

  groupName(id: bigint): string {
    return nameIn(this.#groups, id);
  }

  /** `alice@PC` */
  place({ userId, terminal }: UserInfo): string {
    return `${this.userName(userId)}@${terminalName(terminal)}`;
  }
}

function nameIn(ids: ReadonlyMap<string, bigint>, id: bigint): string {
  return [...ids].find(([, candidate]) => candidate === id)?.[0] ?? String(id);
}
