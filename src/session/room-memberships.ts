import type { Room } from '../../generated/im/protocol/v1/room.js';
import { ProtocolError } from '../errors.js';
import { MAX_ROOMS } from '../limits.js';

/** The rooms that a connection has joined. A membership begins and ends when the application accepts the request. */
export class RoomMemberships {
  readonly joined = new Set<bigint>();
  /** The requests that the application has not answered, by sequence. */
  readonly #open = new Map<number, Room>();

  /** Takes a request. Returns QUOTA_EXCEEDED if the connection would be in too many rooms. */
  request(sequence: number, room: Room): ProtocolError | undefined {
    if (room.join) {
      const actual = this.#with(room.roomId).size;
      if (actual > MAX_ROOMS)
        return new ProtocolError('QUOTA_EXCEEDED', `${actual} rooms, limit ${MAX_ROOMS}`, { limit: MAX_ROOMS, actual });
    }
    this.#open.set(sequence, room);
    return undefined;
  }

  /** The application has answered a request. */
  answered(sequence: number, isAccepted: boolean): void {
    const room = this.#open.get(sequence);
    if (room === undefined) return;
    this.#open.delete(sequence);
    if (!isAccepted) return;
    if (room.join) this.joined.add(room.roomId);
    else this.joined.delete(room.roomId);
  }

  /** The rooms after every open join was accepted, and this one. */
  #with(roomId: bigint): Set<bigint> {
    const rooms = new Set(this.joined).add(roomId);
    for (const room of this.#open.values()) if (room.join) rooms.add(room.roomId);
    return rooms;
  }
}
