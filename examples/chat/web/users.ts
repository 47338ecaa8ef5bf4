// Who there is in the chat in the browser, for both page and server. An application asks its directory.

export interface User {
  readonly name: string;
  readonly userId: bigint;
  /** A program: it answers. */
  readonly isBot?: boolean;
}

/** The users of the pages. Their ids are one and the same as doubles: a client that rounds would deliver to the wrong one. */
export const USERS: readonly User[] = [
  { name: 'alice', userId: 9007199254740992n },
  { name: 'bob', userId: 9007199254740993n },
];

/** Writes its answers word by word. */
export const ASSISTANT: User = { name: 'Muse', userId: 5n, isBot: true };
/** Its client knows version 1 of the protocol alone. */
export const OLD_CLIENT: User = { name: 'Dave (version 1)', userId: 6n, isBot: true };

export const PEOPLE: readonly User[] = [...USERS, ASSISTANT, OLD_CLIENT];

export const GROUP = { groupId: 7n, name: 'Hikers 登山群', memberIds: PEOPLE.map(({ userId }) => userId) };
export const ROOM = { roomId: 9n, name: 'Lobby 大厅' };

export function userNamed(name: string | null): User | undefined {
  return USERS.find((user) => user.name === name);
}

export function personOf(userId: bigint): User {
  return PEOPLE.find((user) => user.userId === userId) ?? { name: String(userId), userId };
}

export function nameOf(userId: bigint): string {
  return personOf(userId).name;
}
