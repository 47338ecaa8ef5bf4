// From a ReceiveInfo of the platform to the connections of its receivers.
import { decodeFrame, LARGEST_FRAME_BYTES, ProtocolError, type ReceiveInfo, SendCode, type SendResultInit } from '@im/protocol';
import type { ServerConnection } from '@im/protocol/node';
import { type ConnectionRegistry, SharedFrame } from '@im/protocol/session';
import { Outcomes } from './outcomes.js';

/** The limits of connections do not apply between services. */
const UNLIMITED = { maxFrameBytes: LARGEST_FRAME_BYTES };

/**
 * Pushes the data of a ReceiveInfo to its receivers.
 * @param frame the whole frame, as it came from the queue.
 * @returns one SendResult per outcome, or none if no result is requested; and the name of the requesting service.
 */
export function deliver(
  frame: Uint8Array,
  connections: ConnectionRegistry<ServerConnection>,
): { readonly results: SendResultInit[]; readonly serviceName: string } {
  const { type, message } = decodeFrame(frame, { limits: UNLIMITED });
  if (type !== 'ReceiveInfo')
    throw new ProtocolError('UNSUPPORTED_TYPE', `a server takes a ReceiveInfo from its topics, got ${type}`);
  const push = pushOf(frame, message);
  if (message.everyone) {
    for (const connection of connections.all(message.everyoneTerminals)) push(connection);
    return { results: [], serviceName: message.serviceName };
  }
  const outcomes = new Outcomes();
  for (const { terminal, userIds } of message.receivers) {
    // "an id listed twice counts once"
    for (const userId of new Set(userIds)) {
      const connection = connections.get(userId, terminal);
      outcomes.add(connection === undefined ? SendCode.CHANNEL_NOT_FOUND : push(connection), terminal, userId);
    }
  }
  return { results: message.skipResult ? [] : outcomes.results(message), serviceName: message.serviceName };
}

/** The push to one receiver. */
function pushOf(frame: Uint8Array, { data }: ReceiveInfo): (connection: ServerConnection) => SendCode {
  if (data?.$case === 'forceLogout') {
    return (connection) => {
      connection.takeOver(data.value);
      return SendCode.SUCCESS;
    };
  }
  // The bytes of `data` are copied, not decoded, and once for all connections of one version.
  const shared = SharedFrame.forward(frame);
  return (connection) => shared.pushTo(connection);
}
