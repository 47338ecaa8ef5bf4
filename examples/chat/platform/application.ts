import type { SendInfo, SendResultInit, UserInfo } from '@im/protocol';

/** The data of a message that a client writes. */
export type ChatData = Extract<SendInfo['data'], { $case: 'privateMessage' | 'groupMessage' }>;

/** What an IM server asks of the platform; in production these are calls over the network. */
export interface Application {
  /** Takes a message over. Returns what the sender is told. */
  message(data: ChatData): Promise<SendResultInit>;
  /** A session began. A session of the same user and terminal on another server is ended. */
  loggedIn(user: UserInfo, deviceId: string, serverId: number): Promise<void>;
  /** A session ended. */
  loggedOut(user: UserInfo, serverId: number): Promise<void>;
}
