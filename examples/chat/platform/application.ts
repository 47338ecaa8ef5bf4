import type { SendInfo, SendResultInit, UserInfo } from '@im/protocol';

/** The data of a message that a client writes. */
export type ChatData = Extract<SendInfo['data'], { $case: 'privateMessage' | 'groupMessage' }>;

/** The calls of an IM server to the platform. In production they go over the network. */
export interface Application {
  /** Accepts a message. Returns the result for the sender. */
  message(data: ChatData): Promise<SendResultInit>;
  /** A session began. A session of the same user and terminal on another server is ended. */
  loggedIn(user: UserInfo, deviceId: string, serverId: number): Promise<void>;
  /** A session ended. */
  loggedOut(user: UserInfo, serverId: number): Promise<void>;
}
