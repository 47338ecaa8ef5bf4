// The answers to clients: a ReceiveInfo that names the connection and the request.
import { Command, type ProtocolError, type ReceiveInfoInit, type UplinkInfo } from '@im/protocol';
import { type Broker, receiveInfoMessage } from '@im/protocol/rocketmq';
import { createErrorInfo } from '@im/protocol/session';

/** What a client gets in reply to its request. */
export interface Answer {
  readonly cmd: Command;
  readonly data?: ReceiveInfoInit['data'];
}

/** The ReceiveInfo of an answer, without the answer. */
export function answerEnvelope({ sender, connectionId, sequence, traceId }: UplinkInfo): ReceiveInfoInit {
  const { userId, terminal } = sender!;
  return { receivers: [{ terminal, userIds: [userId] }], connectionId, replyTo: sequence, traceId };
}

/** Answers the request of an UplinkInfo. A message that expects no reply gets none. */
export async function answer(broker: Pick<Broker, 'publish'>, uplink: UplinkInfo, { cmd, data }: Answer): Promise<void> {
  if (uplink.sequence === 0) return;
  await broker.publish(receiveInfoMessage(uplink.serverId, { ...answerEnvelope(uplink), cmd, data }));
}

export function errorAnswer(error: ProtocolError, command: Command): Answer {
  return { cmd: Command.ERROR, data: { $case: 'error', value: createErrorInfo(error, { command }) } };
}
