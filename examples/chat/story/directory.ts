import type { UserInfo } from '@im/protocol';
import { terminalName } from '../show/names.js';
import type { Conversation } from './conversation.js';

/** Maps the names in the file to the ids on the wire, and back. */
export class Directory {
  readonly #users: ReadonlyMap<string, bigint>;
  readonly #groups: ReadonlyMap<string, bigint>;
  /** The members of each group, by ids. */
  readonly members: ReadonlyMap<bigint, readonly bigint[]>;

  constructor({ users, groups }: Conversation) {
    this.#users = new Map(Object.entries(users).map(([name, id]) => [name, BigInt(id)]));
    this.#groups = new Map(Object.entries(groups).map(([name, { groupId }]) => [name, BigInt(groupId)]));
    this.members = new Map(
      Object.values(groups).map(({ groupId, members }) => [BigInt(groupId), members.map((name) => this.userId(name))]),
    );
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
