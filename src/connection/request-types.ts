// Requests of a client by command: the types of their data and replies, and answers to requests of the server.

import { APPLICATION_DATA, COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { Any, AnyInit } from '../../generated/google/protobuf/any.js';
import type { CallSignalInit } from '../../generated/im/protocol/v1/call_signal.js';
import type { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationState, ConversationStateInit } from '../../generated/im/protocol/v1/conversation_state.js';
import type { DeleteForMe, DeleteForMeInit } from '../../generated/im/protocol/v1/delete_for_me.js';
import type { GroupMessageInit } from '../../generated/im/protocol/v1/group_message.js';
import type { HeartbeatInfo, HeartbeatInfoInit } from '../../generated/im/protocol/v1/heartbeat_info.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { StreamControl, StreamControlInit } from '../../generated/im/protocol/v1/message_chunk.js';
import type { PresenceList, PresenceSubscriptionInit } from '../../generated/im/protocol/v1/presence.js';
import type { PrivateMessageInit } from '../../generated/im/protocol/v1/private_message.js';
import type { ReadPosition, ReadPositionInit } from '../../generated/im/protocol/v1/read_position.js';
import type { Room, RoomInit, RoomMessageInit } from '../../generated/im/protocol/v1/room.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import type { HistoryPage, HistoryRequestInit, SyncPage, SyncRequestInit } from '../../generated/im/protocol/v1/sync.js';
import type { TypingInit } from '../../generated/im/protocol/v1/typing.js';
import { settle } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import { sendableError } from '../negotiate/reject.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientOptions } from './client-options.js';

/** The requests of this specification: the data of each command, and of its reply. `Client.logout` sends LOGOUT. */
export interface Requests {
  [Command.LOGIN]: { data: LoginInfoInit; reply: SessionInfo };
  [Command.HEARTBEAT]: { data: HeartbeatInfoInit; reply: HeartbeatInfo };
  [Command.PRIVATE_MESSAGE]: { data: PrivateMessageInit; reply: SendResult };
  [Command.GROUP_MESSAGE]: { data: GroupMessageInit; reply: SendResult };
  [Command.SYNC]: { data: SyncRequestInit; reply: SyncPage };
  [Command.HISTORY]: { data: HistoryRequestInit; reply: HistoryPage };
  [Command.READ]: { data: ReadPositionInit; reply: ReadPosition };
  [Command.CONVERSATION]: { data: ConversationStateInit; reply: ConversationState };
  [Command.STREAM_CONTROL]: { data: StreamControlInit; reply: StreamControl };
  [Command.CALL]: { data: CallSignalInit; reply: SendResult };
  [Command.PRESENCE]: { data: PresenceSubscriptionInit; reply: PresenceList };
  [Command.ROOM]: { data: RoomInit; reply: Room };
  [Command.ROOM_MESSAGE]: { data: RoomMessageInit; reply: SendResult };
  [Command.DELETE_FOR_ME]: { data: DeleteForMeInit; reply: DeleteForMe };
}

/** What a client may send without a reply: the data of each command. */
export interface Pushes {
  [Command.PRIVATE_MESSAGE]: PrivateMessageInit;
  [Command.GROUP_MESSAGE]: GroupMessageInit;
  [Command.READ]: ReadPositionInit;
  [Command.TYPING]: TypingInit;
  [Command.CALL]: CallSignalInit;
  [Command.ROOM_MESSAGE]: RoomMessageInit;
}

/** All commands of this specification. */
export type SpecifiedCommand = (typeof Command)[keyof typeof Command];

// Commands of an application carry an Any, or nothing.

/** The data of a request with this command. `never` for a command that is no request of a client. */
export type RequestData<C extends number> = C extends keyof Requests
  ? Requests[C]['data']
  : C extends SpecifiedCommand
    ? never
    : AnyInit | undefined;

/** The data of its reply. */
export type ReplyData<C extends number> = C extends keyof Requests
  ? Requests[C]['reply']
  : C extends SpecifiedCommand
    ? never
    : Any | undefined;

/** The data of a push with this command. `never` for a command that a client does not push. */
export type PushData<C extends number> = C extends keyof Pushes
  ? Pushes[C]
  : C extends SpecifiedCommand
    ? never
    : AnyInit | undefined;

/** The message of a request or a push. The first member of a command's data is the client's. */
export function requestMessage(cmd: number, data: object | undefined): SendInfoInit {
  const $case = cmd >= FIRST_APPLICATION_COMMAND ? APPLICATION_DATA : COMMANDS[cmd]?.data[0];
  if ($case === undefined || data === undefined) return { cmd };
  return { cmd, data: { $case, value: data } as SendInfoInit['data'] };
}

export function replyData<C extends number>({ data }: SendInfo): ReplyData<C> {
  return data?.value as ReplyData<C>;
}

/**
 * Answers a request of the server with the result of `onRequest`.
 * @param hooks `failed` is called with errors of the application, not with a ProtocolError that refuses the request. `done` is called once.
 */
export function answerRequest(
  { session, driver }: ClientConnection,
  message: SendInfo,
  onRequest: ClientOptions['onRequest'],
  hooks: { failed(error: unknown): void; done(): void },
): void {
  const { sequence, cmd } = message;
  const refuse = (error: ProtocolError): void => session.refuse(sequence, error, driver.nowMs);
  const fail = (cause: unknown): void => {
    hooks.failed(cause);
    refuse(new ProtocolError('INTERNAL', 'the client failed', { cause }));
  };
  settle(
    () => onRequest?.(message),
    (reply) => {
      try {
        if (reply === undefined) refuse(new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`));
        else session.reply(sequence, reply, driver.nowMs);
      } catch (error) {
        fail(error);
      }
      hooks.done();
      driver.settle();
    },
    (thrown) => {
      const error = sendableError(thrown);
      if (error === undefined || error.properties.local) fail(thrown);
      else refuse(error);
      hooks.done();
      driver.settle();
    },
  );
}
