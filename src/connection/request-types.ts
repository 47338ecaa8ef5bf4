// What a client may ask for, and what it gets: by command.
import { FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { AnyInit } from '../../generated/init/google/protobuf/any.js';
import type { GroupMessageInit } from '../../generated/init/im/protocol/v1/group_message.js';
import type { HeartbeatInfoInit } from '../../generated/init/im/protocol/v1/heartbeat_info.js';
import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { PrivateMessageInit } from '../../generated/init/im/protocol/v1/private_message.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { Any } from '../../generated/types/google/protobuf/any.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { HeartbeatInfo } from '../../generated/types/im/protocol/v1/heartbeat_info.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { SendResult } from '../../generated/types/im/protocol/v1/send_result.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';

/** The requests of this specification: the data of each command, and of its reply. */
export interface Requests {
  [Command.LOGIN]: { data: LoginInfoInit; reply: SessionInfo };
  [Command.HEARTBEAT]: { data: HeartbeatInfoInit; reply: HeartbeatInfo };
  [Command.PRIVATE_MESSAGE]: { data: PrivateMessageInit; reply: SendResult };
  [Command.GROUP_MESSAGE]: { data: GroupMessageInit; reply: SendResult };
}

/** What a request with this command carries; a command of an application carries an Any, or nothing. */
export type RequestData<C extends number> = C extends keyof Requests ? Requests[C]['data'] : AnyInit | undefined;

/** What the reply to it carries. */
export type ReplyData<C extends number> = C extends keyof Requests ? Requests[C]['reply'] : Any | undefined;

const MEMBERS = {
  [Command.LOGIN]: 'login',
  [Command.HEARTBEAT]: 'heartbeat',
  [Command.PRIVATE_MESSAGE]: 'privateMessage',
  [Command.GROUP_MESSAGE]: 'groupMessage',
} as const satisfies Record<keyof Requests, string>;

/** The message of a request. */
export function requestMessage(cmd: number, data: object | undefined): SendInfoInit {
  const $case = (MEMBERS as Readonly<Record<number, string>>)[cmd] ?? (cmd >= FIRST_APPLICATION_COMMAND ? 'custom' : undefined);
  if ($case === undefined || data === undefined) return { cmd };
  return { cmd, data: { $case, value: data } as SendInfoInit['data'] };
}

/** What a reply carries. */
export function replyData<C extends number>({ data }: SendInfo): ReplyData<C> {
  return data?.value as ReplyData<C>;
}
