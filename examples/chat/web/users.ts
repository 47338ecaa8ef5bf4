// The users of the chat in the browser, for both page and server.

export interface User {
  readonly name: string;
  readonly userId: bigint;
}

/** Their ids are one and the same as doubles: a client that rounds would deliver to the wrong one. */
export const USERS: readonly User[] = [
  { name: 'alice', userId: 9007199254740992n },
  { name: 'bob', userId: 9007199254740993n },
];

export function userNamed(name: string | null): User | undefined {
  return USERS.find((user) => user.name === name);
}

export function nameOf(userId: bigint): string {
  return USERS.find((user) => user.userId === userId)?.name ?? String(userId);
}
