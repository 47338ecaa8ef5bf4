import type { ForceLogoutInit, Terminal, UserInfo } from '@im/protocol';

/** Who is logged in on a connection. */
export interface Session {
  readonly user: UserInfo;
  /** Tells a device that comes back from another one; empty = not told. */
  readonly deviceId: string;
}

/** The key of what there is once for a user and a terminal. */
export function sessionKey(userId: bigint, terminal: Terminal): string {
  return `${userId}/${terminal}`;
}

/** "`sender` must be the logged-in user and terminal." */
export function isSameUser(a: UserInfo, b: UserInfo | undefined): boolean {
  return a.userId === b?.userId && a.terminal === b.terminal;
}

/** What the old session is told when another one takes its place. */
export function secondLogin(user: UserInfo, deviceId: string): ForceLogoutInit {
  return { user, reason: 'a second login on the same kind of terminal', deviceId };
}
