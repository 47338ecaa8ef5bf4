// Creates TopicMessages with the attributes that follow from their payload.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { framedPayload, isApplicationCommand, keysOf, kindOf, tagOf } from './message-facts.js';
import { messageGroupOf } from './message-group.js';
import type { SupersededSession } from './routes.js';
import { type TopicKind, topics } from './topics.js';

/** What an application may add: keys and properties. */
export type TopicMessageExtras = Pick<TopicMessageInit, 'keys' | 'properties'>;

/** What an application may add to a message with a command. */
export interface CommandMessageExtras extends TopicMessageExtras {
  /**
   * The kind of topic for a command of an application, 1000 and up: the `topic` of its generated ApplicationCommand. Ignored for the others, whose
   * kind is in the schema. Default `system`.
   */
  readonly kind?: TopicKind | undefined;
}

/**
 * The message with a ReceiveInfo for an IM server: on the topic of its kind, with the command name as tag, the message ids as keys, and the
 * conversation as message group.
 * @throws ProtocolError INVALID_MESSAGE for an invalid server id.
 */
export function receiveInfoMessage(
  serverId: string | number | bigint,
  receiveInfo: ReceiveInfoInit,
  { kind, ...extras }: CommandMessageExtras = {},
): TopicMessageInit {
  const topic = topics.message(chosenKind(receiveInfo.cmd, kind), serverId);
  return completeMessage({ ...extras, topic, payload: { $case: 'receiveInfo', value: receiveInfo } });
}

/**
 * The message with a SendResult, on the result topic of its kind; events have that of system messages. Publish it with the service_name of the
 * request.
 */
export function sendResultMessage(sendResult: SendResultInit, { kind, ...extras }: CommandMessageExtras = {}): TopicMessageInit {
  const topic = topics.result(chosenKind(sendResult.cmd, kind));
  return completeMessage({ ...extras, topic, payload: { $case: 'sendResult', value: sendResult } });
}

/**
 * The message that ends a session on another server: a FORCE_LOGOUT. `deliver` closes its connection there: with REPLACED if it has the same device
 * id, otherwise with FORCED_LOGOUT. It makes no SendResult.
 * @param session what `Routes.apply` has returned as `superseded`. Without a connection id, all connections of the user and terminal on the server.
 * @param notice `user` is required; `deviceId` of the new session, and the reason.
 * @throws ProtocolError INVALID_MESSAGE for an invalid server id.
 */
export function forceLogoutMessage(
  { serverId, connectionId }: SupersededSession,
  notice: ForceLogoutInit & { readonly user: UserInfoInit },
): TopicMessageInit {
  const { userId = 0n, terminal = 0 } = notice.user;
  return receiveInfoMessage(serverId, {
    cmd: Command.FORCE_LOGOUT,
    receivers: [{ terminal, userIds: [userId] }],
    connectionId,
    skipResult: true,
    data: { $case: 'forceLogout', value: notice },
  });
}

/** The message with a SessionEvent, from an IM server to the platform. */
export function sessionEventMessage(event: SessionEventInit, extras: TopicMessageExtras = {}): TopicMessageInit {
  return completeMessage({ ...extras, topic: topics.session, payload: { $case: 'sessionEvent', value: event } });
}

/** The message with an UplinkInfo, from an IM server to the platform: what a client sends. */
export function uplinkInfoMessage(uplink: UplinkInfoInit, extras: TopicMessageExtras = {}): TopicMessageInit {
  return completeMessage({ ...extras, topic: topics.uplink, payload: { $case: 'uplinkInfo', value: uplink } });
}

function chosenKind(command = 0, kind: TopicKind = 'system'): TopicKind {
  return isApplicationCommand(command) ? kind : kindOf(command);
}

/**
 * Fills in what follows from the payload: tag, keys, message group. Existing values are kept; keys of the payload come before others.
 * @param message of the right types. Not changed.
 */
export function completeMessage(message: TopicMessageInit): TopicMessageInit {
  const payload = framedPayload(message);
  if (payload === undefined) return message;
  const { topic = '', tag = '', keys = [], messageGroup = '' } = message;
  const missing = keysOf(payload).filter((key) => !keys.includes(key));
  const isOrdered = topics.parse(topic)?.type === 'FIFO';
  return {
    ...message,
    tag: tag || tagOf(payload),
    keys: [...missing, ...keys],
    messageGroup: messageGroup || (isOrdered ? messageGroupOf(payload) : ''),
  };
}
