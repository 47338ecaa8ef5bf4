// ROOM and ROOM_MESSAGE: for the moment. Who is in a room the IM servers know; nothing of it is stored.
import { Command, ProtocolError, type Room, type RoomMessage, SendCode, type SendResultInit, type UserInfo } from '@im/protocol';
import { roomRef } from '@im/protocol/conversation';
import type { Context } from '../context.js';

/**
 * Whether a user may join the room, or leave it. The reply echoes it, and the server then adds the connection to the room.
 * @throws ProtocolError NOT_A_MEMBER for a room that does not exist.
 */
export function admit({ people }: Context, room: Room): Room {
  if (room.join) requireRoom(people.rooms, room.roomId);
  return room;
}

/** Passes a message on to every server, which pushes it to its connections in the room. */
export async function sendToRoom(context: Context, value: RoomMessage, sender: UserInfo): Promise<SendResultInit> {
  const { people, storage, outbox, nowMs } = context;
  requireRoom(people.rooms, value.roomId);
  const [messageId, sentAtMs] = [await storage.newMessageId(), BigInt(nowMs())];
  const message = { ...value, content: { ...value.content, messageId, sentAtMs } };
  const conversation = roomRef(value.roomId);
  await outbox.room(conversation, sender, Command.ROOM_MESSAGE, { $case: 'roomMessage', value: message });
  return { code: SendCode.SUCCESS, cmd: Command.ROOM_MESSAGE, messageId, sentAtMs, conversation };
}

function requireRoom(rooms: ReadonlySet<bigint>, roomId: bigint): void {
  if (!rooms.has(roomId)) throw new ProtocolError('NOT_A_MEMBER', 'the user is not in this room');
}
