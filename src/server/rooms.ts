// Joining and leaving rooms.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { Room } from '../../generated/im/protocol/v1/room.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import type { AudienceIndex } from './audience-index.js';
import type { ServedConnection } from './served-connection.js';

/**
 * Handles a ROOM in the handler `message` of a server that decides itself who may join. With an `Uplink` the platform decides.
 * @param mayJoin whether the user of the connection may join a room. Not called to leave it, nor for more than 16 rooms.
 * @returns the reply, which echoes the request.
 * @throws ProtocolError (as a rejection) NOT_A_MEMBER if `mayJoin` returned false, and what it threw; QUOTA_EXCEEDED for more than 16 rooms;
 * UNSUPPORTED_COMMAND for another command.
 */
export async function answerRoom<C extends ServedConnection>(
  { data }: SendInfo,
  connection: C,
  audience: AudienceIndex<C>,
  mayJoin: (roomId: bigint, connection: C) => boolean | Promise<boolean>,
): Promise<SendInfoInit> {
  if (data?.$case !== 'room') throw new ProtocolError('UNSUPPORTED_COMMAND', 'expected a ROOM');
  const { roomId, join } = data.value;
  if (join) {
    audience.requireRoom(connection, roomId);
    if (!(await mayJoin(roomId, connection))) throw new ProtocolError('NOT_A_MEMBER', 'the user may not join the room');
  }
  enterRoom(audience, connection, data.value);
  return { cmd: Command.ROOM, data: { $case: 'room', value: { roomId, join } } };
}

/** Does what a granted ROOM says. */
export function enterRoom<C extends ServedConnection>(
  audience: AudienceIndex<C> | undefined,
  connection: C,
  { roomId, join }: Room,
): void {
  if (join) audience?.join(connection, roomId);
  else audience?.leave(connection, roomId);
}
