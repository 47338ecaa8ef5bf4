import type { ConversationRefInit } from '../../generated/im/protocol/v1/conversation_ref.js';
import { type NoticeInit, NoticeKind } from '../../generated/im/protocol/v1/notice.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { ProtocolError } from '../errors.js';
import { MAX_ROOMS } from '../limits.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import type { ServedConnection } from './served-connection.js';

interface Group {
  members: Set<bigint>;
  /** The revision of the members: of the last notice that changed them, or as the application said; 0n = unknown. */
  revision: bigint;
}

/**
 * Who is in which group and room, for messages with an `audience`. The application fills it: a server needs of a group only the members who are
 * connected to it. Rooms have connections, which leave when they end.
 *
 * Its memory is proportional to the entries: empty groups and rooms are forgotten.
 */
export class AudienceIndex<C extends ServedConnection> {
  readonly #groups = new Map<bigint, Group>();
  readonly #rooms = new Map<bigint, Set<C>>();
  readonly #roomsOf = new Map<C, Set<bigint>>();

  /**
   * Adds a user to a group.
   * @param revision of the group when the application looked up the membership: older notices do not change it any more. Default: unknown.
   */
  addMember(groupId: bigint, userId: bigint, revision = 0n): void {
    const group = this.#group(groupId);
    group.members.add(userId);
    if (revision > group.revision) group.revision = revision;
  }

  /** Removes a user from a group. Returns whether the user was in it. */
  removeMember(groupId: bigint, userId: bigint): boolean {
    const group = this.#groups.get(groupId);
    const isRemoved = group?.members.delete(userId) ?? false;
    if (group?.members.size === 0) this.#groups.delete(groupId);
    return isRemoved;
  }

  /**
   * Replaces the members of a group. No members: the group is forgotten.
   * @param revision of the group when the application looked up the members: older notices do not change them any more. Default: unknown.
   */
  setMembers(groupId: bigint, userIds: Iterable<bigint>, revision = 0n): void {
    const members = new Set(userIds);
    if (members.size === 0) {
      this.#groups.delete(groupId);
      return;
    }
    const group = this.#group(groupId);
    group.members = members;
    if (revision > group.revision) group.revision = revision;
  }

  /** Removes a user from all groups, for example when the last connection of the user has ended. A step for each group. */
  removeUser(userId: bigint): void {
    for (const groupId of [...this.#groups.keys()]) this.removeMember(groupId, userId);
  }

  /** Whether a user is in a group. */
  hasMember(groupId: bigint, userId: bigint): boolean {
    return this.#groups.get(groupId)?.members.has(userId) ?? false;
  }

  /**
   * Applies a notice about the members of a group. `deliver` calls it before it pushes the notice: then a removed member does not get it.
   *
   * Notices may come late and twice: one with a `revision` that is not above that of the last is ignored, and without one only removals count.
   */
  applyNotice(groupId: bigint, { kind, userIds = [], revision = 0n }: NoticeInit): void {
    const group = this.#groups.get(groupId);
    if (group === undefined || (revision !== 0n && revision <= group.revision)) return;
    if (kind === NoticeKind.MEMBERS_JOINED && revision !== 0n) for (const userId of userIds) group.members.add(userId);
    else if (kind === NoticeKind.MEMBERS_LEFT || kind === NoticeKind.MEMBERS_REMOVED)
      for (const userId of userIds) this.removeMember(groupId, userId);
    else return;
    if (revision !== 0n) group.revision = revision;
  }

  /**
   * Adds a connection to a room, until it leaves or ends. Does nothing for a connection that has ended.
   * @throws ProtocolError QUOTA_EXCEEDED for more than 16 rooms.
   */
  join(connection: C, roomId: bigint): void {
    if (connection.state === 'closed') return;
    const rooms = this.#roomsOf.get(connection) ?? this.#firstRoom(connection);
    if (rooms.has(roomId)) return;
    this.requireRoom(connection, roomId);
    rooms.add(roomId);
    const connections = this.#rooms.get(roomId) ?? new Set();
    this.#rooms.set(roomId, connections.add(connection));
  }

  /** @throws ProtocolError QUOTA_EXCEEDED if the connection cannot join the room, because it is in 16 others. */
  requireRoom(connection: C, roomId: bigint): void {
    const rooms = this.#roomsOf.get(connection);
    if (rooms === undefined || rooms.size < MAX_ROOMS || rooms.has(roomId)) return;
    const text = `the connection is in ${rooms.size} rooms, limit ${MAX_ROOMS}`;
    throw new ProtocolError('QUOTA_EXCEEDED', text, { limit: MAX_ROOMS, actual: rooms.size + 1 });
  }

  /** Removes a connection from a room. Returns whether it was in it. */
  leave(connection: C, roomId: bigint): boolean {
    if (!this.#roomsOf.get(connection)?.delete(roomId)) return false;
    this.#forget(connection, roomId);
    return true;
  }

  /** The rooms of a connection. */
  roomsOf(connection: C): bigint[] {
    return [...(this.#roomsOf.get(connection) ?? [])];
  }

  /**
   * The connections of an audience on this server; none for a private conversation and for a kind that this release does not know.
   * @param registry the connections of the server.
   * @param except a user and terminal whose connections are left out: the sender.
   * @param connectionId only this connection of the sender is left out; the others of the same terminal, other tabs, are not. Default: all are.
   * @returns a new array: changes of the index do not affect it.
   */
  connections({ kind }: ConversationRefInit, registry: ConnectionRegistry<C>, except?: UserInfoInit, connectionId = ''): C[] {
    if (kind?.$case !== 'groupId' && kind?.$case !== 'roomId') return [];
    const found = kind.$case === 'roomId' ? [...(this.#rooms.get(kind.value) ?? [])] : this.#ofGroup(kind.value, registry);
    if (except === undefined) return found;
    const { userId, terminal } = except;
    return found.filter(
      ({ user, id }) => user?.userId !== userId || user?.terminal !== terminal || (connectionId !== '' && id !== connectionId),
    );
  }

  /** Looks at the members or at the connections, whatever are fewer. */
  #ofGroup(groupId: bigint, registry: ConnectionRegistry<C>): C[] {
    const members = this.#groups.get(groupId)?.members;
    if (members === undefined) return [];
    if (members.size <= registry.size) return [...members].flatMap((userId) => registry.ofUser(userId));
    return [...registry.all()].filter(({ user }) => user !== undefined && members.has(user.userId));
  }

  #group(groupId: bigint): Group {
    const known = this.#groups.get(groupId);
    if (known !== undefined) return known;
    const group = { members: new Set<bigint>(), revision: 0n };
    this.#groups.set(groupId, group);
    return group;
  }

  #firstRoom(connection: C): Set<bigint> {
    const rooms = new Set<bigint>();
    this.#roomsOf.set(connection, rooms);
    connection.whenClosed(() => this.#removeConnection(connection));
    return rooms;
  }

  #removeConnection(connection: C): void {
    const rooms = this.#roomsOf.get(connection) ?? [];
    this.#roomsOf.delete(connection);
    for (const roomId of rooms) this.#forget(connection, roomId);
  }

  #forget(connection: C, roomId: bigint): void {
    const connections = this.#rooms.get(roomId);
    connections?.delete(connection);
    if (connections?.size === 0) this.#rooms.delete(roomId);
  }
}
