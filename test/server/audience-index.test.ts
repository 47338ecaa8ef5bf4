import { describe, expect, it } from 'vitest';
import { groupRef, privateRef, roomRef } from '../../src/conversation/index.js';
import { NoticeKind } from '../../src/index.js';
import { AudienceIndex, answerRoom } from '../../src/server/index.js';
import { ConnectionRegistry } from '../../src/session/index.js';
import { Random } from '../fuzz/random.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';
import { Served } from './served.js';

function open(...connections: Served[]) {
  const registry = new ConnectionRegistry<Served>();
  for (const connection of connections) registry.add(connection);
  const audience = new AudienceIndex<Served>();
  const ids = (ref: Parameters<typeof audience.connections>[0], except?: { userId: bigint; terminal: number }): string[] =>
    audience
      .connections(ref, registry, except)
      .map(({ id }) => id)
      .sort();
  return { registry, audience, ids };
}

describe('groups', () => {
  it('have all connections of their members on this server, but that of the sender', () => {
    const [app, web, bob, carol] = [
      new Served('app', 1n),
      new Served('web', 1n, 2),
      new Served('bob', 2n),
      new Served('carol', 3n),
    ];
    const { audience, ids } = open(app, web, bob, carol);
    audience.addMember(10n, 1n);
    audience.addMember(10n, 2n);
    audience.addMember(10n, 99n);
    audience.addMember(11n, 3n);
    expect(ids(groupRef(10n))).toEqual(['app', 'bob', 'web']);
    expect(ids(groupRef(10n), { userId: 1n, terminal: 1 })).toEqual(['bob', 'web']);
    expect(ids(groupRef(12n))).toEqual([]);
    expect(ids(privateRef(1n, 2n))).toEqual([]);
    expect(ids({})).toEqual([]);
    expect([audience.removeMember(10n, 1n), audience.removeMember(10n, 1n), ids(groupRef(10n))]).toEqual([true, false, ['bob']]);
    audience.removeUser(3n);
    expect([audience.hasMember(11n, 3n), audience.hasMember(10n, 2n)]).toEqual([false, true]);
  });

  it('may be larger than the server', () => {
    const { audience, ids } = open(new Served('one', 5n), new Served('two', 5_000n));
    audience.setMembers(
      10n,
      Array.from({ length: 1000 }, (_, i) => BigInt(i + 1)),
    );
    expect(ids(groupRef(10n))).toEqual(['one']);
    audience.setMembers(10n, [5_000n]);
    expect(ids(groupRef(10n))).toEqual(['two']);
    audience.setMembers(10n, []);
    expect(ids(groupRef(10n))).toEqual([]);
  });

  it('of a known revision do not follow notices that come late', () => {
    const { audience } = open();
    const late = { kind: NoticeKind.MEMBERS_JOINED, userIds: [1n], revision: 4n };
    audience.setMembers(10n, [2n], 5n);
    audience.addMember(11n, 2n, 5n);
    audience.addMember(11n, 3n, 2n);
    for (const groupId of [10n, 11n]) {
      audience.applyNotice(groupId, late);
      audience.applyNotice(groupId, { ...late, revision: 5n });
      audience.applyNotice(groupId, { kind: NoticeKind.MEMBERS_REMOVED, userIds: [2n], revision: 5n });
      expect([audience.hasMember(groupId, 1n), audience.hasMember(groupId, 2n)]).toEqual([false, true]);
      audience.applyNotice(groupId, { ...late, revision: 6n });
      expect(audience.hasMember(groupId, 1n)).toBe(true);
    }
  });

  it('follow notices, but not older ones', () => {
    const { audience } = open();
    const { MEMBERS_JOINED, MEMBERS_REMOVED, MEMBERS_LEFT, GROUP_RENAMED } = NoticeKind;
    const has = (...userIds: bigint[]): boolean[] => userIds.map((userId) => audience.hasMember(10n, userId));
    audience.applyNotice(10n, { kind: MEMBERS_JOINED, userIds: [1n], revision: 1n });
    expect(has(1n)).toEqual([false]);
    audience.setMembers(10n, [1n, 2n, 3n]);
    audience.applyNotice(10n, { kind: MEMBERS_REMOVED, userIds: [2n], revision: 5n });
    expect(has(1n, 2n, 3n)).toEqual([true, false, true]);
    audience.applyNotice(10n, { kind: MEMBERS_JOINED, userIds: [2n], revision: 4n });
    audience.applyNotice(10n, { kind: MEMBERS_JOINED, userIds: [2n], revision: 5n });
    audience.applyNotice(10n, { kind: MEMBERS_JOINED, userIds: [2n] });
    audience.applyNotice(10n, { kind: GROUP_RENAMED, userIds: [3n], revision: 9n });
    expect(has(1n, 2n, 3n)).toEqual([true, false, true]);
    audience.applyNotice(10n, { kind: MEMBERS_JOINED, userIds: [2n], revision: 6n });
    audience.applyNotice(10n, { kind: MEMBERS_LEFT, userIds: [3n] });
    expect(has(1n, 2n, 3n)).toEqual([true, true, false]);
    audience.applyNotice(10n, { kind: MEMBERS_REMOVED, userIds: [2n], revision: 6n });
    expect(has(2n)).toEqual([true]);
  });
});

describe('rooms', () => {
  it('have connections, until these leave or end', () => {
    const [one, two] = [new Served('one', 1n), new Served('two', 1n, 2)];
    const { audience, ids } = open(one, two);
    audience.join(one, 7n);
    audience.join(two, 7n);
    audience.join(two, 7n);
    audience.join(two, 8n);
    expect([ids(roomRef(7n)), ids(roomRef(7n), { userId: 1n, terminal: 1 }), ids(roomRef(8n))]).toEqual([
      ['one', 'two'],
      ['two'],
      ['two'],
    ]);
    expect([audience.leave(two, 8n), audience.leave(two, 8n), audience.roomsOf(two)]).toEqual([true, false, [7n]]);
    expect(two.listeners).toBe(1);
    two.close();
    expect([ids(roomRef(7n)), audience.roomsOf(two)]).toEqual([['one'], []]);
    audience.join(two, 7n);
    expect(ids(roomRef(7n))).toEqual(['one']);
  });

  it('are at most 16 for a connection', () => {
    const one = new Served('one', 1n);
    const { audience } = open(one);
    for (let room = 1n; room <= 16n; room++) audience.join(one, room);
    audience.join(one, 16n);
    expect(thrownBy(() => audience.join(one, 17n))).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: '[QUOTA_EXCEEDED] the connection is in 16 rooms, limit 16',
      limit: 16,
      actual: 17,
    });
    audience.leave(one, 3n);
    audience.join(one, 17n);
    expect(audience.roomsOf(one)).toHaveLength(16);
  });

  it('are joined if the application agrees', async () => {
    const one = new Served('one', 1n);
    const { audience } = open(one);
    const ask = (roomId: bigint, join: boolean, mayJoin: () => boolean | Promise<boolean> = () => true): Promise<unknown> =>
      answerRoom({ cmd: 20, sequence: 1, replyTo: 0, data: { $case: 'room', value: { roomId, join } } }, one, audience, mayJoin);
    expect(await ask(5n, true)).toEqual({ cmd: 20, data: { $case: 'room', value: { roomId: 5n, join: true } } });
    await expect(ask(6n, true, async () => false)).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
    expect(audience.roomsOf(one)).toEqual([5n]);
    await ask(5n, false, () => false);
    expect(audience.roomsOf(one)).toEqual([]);
    // It ends while the application is being asked.
    const asked = ask(5n, true, async () => true);
    one.close();
    await asked;
    expect(audience.roomsOf(one)).toEqual([]);
    const other = { cmd: 5, sequence: 1, replyTo: 0, data: undefined };
    await expect(answerRoom(other, one, audience, () => true)).rejects.toMatchObject({ code: 'UNSUPPORTED_COMMAND' });
  });
});

it(`an index is what a simple model of it says, after any changes (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const pick = (n: number): number => random.below(n);
  const connections = Array.from({ length: 8 }, (_, i) => new Served(String(i), BigInt(1 + (i >> 1)), 1 + (i & 1)));
  const { audience, ids } = open(...connections);
  const members = new Map<bigint, Set<bigint>>();
  const rooms = new Map<bigint, Set<Served>>();
  for (let step = 0; step < 5000; step++) {
    const id = BigInt(1 + pick(4));
    const userId = BigInt(1 + pick(6));
    const connection = connections[pick(8)];
    const group = members.get(id) ?? new Set<bigint>();
    members.set(id, group);
    const room = rooms.get(id) ?? new Set<Served>();
    rooms.set(id, room);
    const action = pick(5);
    if (action === 0) {
      audience.addMember(id, userId);
      group.add(userId);
    } else if (action === 1) {
      expect(audience.removeMember(id, userId)).toBe(group.delete(userId));
    } else if (action === 2) {
      audience.join(connection, id);
      room.add(connection);
    } else if (action === 3) {
      expect(audience.leave(connection, id)).toBe(room.delete(connection));
    } else if (random.oneIn(10)) {
      const all = [1n, 2n, 3n, 4n, 5n].slice(pick(6));
      audience.setMembers(id, all);
      members.set(id, new Set(all));
    }
    const inGroup = connections.filter(({ user }) => members.get(id)!.has(user!.userId)).map((one) => one.id);
    expect(ids(groupRef(id))).toEqual(inGroup);
    expect(ids(roomRef(id))).toEqual([...room].map((one) => one.id).sort());
  }
});
