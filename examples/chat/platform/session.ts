import type { ForceLogoutInit, Terminal, UserInfo } from '@im/protocol';

/** The key of what there is once for a user and a terminal. */
export function sessionKey(userId: bigint, terminal: Terminal): string {
  return `${userId}/${terminal}`;
}

/** What the old session is told when another one takes its place. */
export function secondLogin(user: UserInfo, deviceId: string): ForceLogoutInit {
  return { user, reason: 'a second login on the same kind of terminal', deviceId };
}
