import type { ForceLogoutInit, Terminal, UserInfo } from '@im/protocol';

/** The key of a user and terminal. */
export function sessionKey(userId: bigint, terminal: Terminal): string {
  return `${userId}/${terminal}`;
}

/** The message for a session that is replaced by another one. */
export function secondLogin(user: UserInfo, deviceId: string): ForceLogoutInit {
  return { user, reason: 'a second login on the same kind of terminal', deviceId };
}
