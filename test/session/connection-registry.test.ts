import { describe, expect, it } from 'vitest';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { ConnectionRegistry, type LoggedIn, type RegisteredConnection, SharedFrame } from '../../src/session/index.js';

class Connection implements RegisteredConnection {
  readonly user: LoggedIn | undefined;
  readonly version: number;
  readonly frames: Uint8Array[] = [];
  readonly taken: ForceLogoutInit[] = [];
  answer: SendCode = SendCode.SUCCESS;

  constructor(userId: bigint, terminal: number, deviceId = '', version = 1) {
    this.user = { userId, terminal, deviceId };
    this.version = version;
  }

  pushFrame(frame: Uint8Array): SendCode {
    this.frames.push(frame);
    return this.answer;
  }

  takeOver(notice: ForceLogoutInit): void {
    this.taken.push(notice);
  }
}

describe('a registry', () => {
  it('has one connection for each user and terminal, and ends the one that is replaced', () => {
    const registry = new ConnectionRegistry<Connection>();
    const first = new Connection(1n, 1, 'a');
    const second = new Connection(1n, 1, 'b');
    const app = new Connection(1n, 2, 'c');
    expect([registry.add(first), registry.add(app), registry.size]).toEqual([undefined, undefined, 2]);
    expect(registry.add(second)).toBe(first);
    expect(first.taken).toEqual([{ user: { userId: 1n, terminal: 1 }, deviceId: 'b', reason: 'another device has logged in' }]);
    expect([registry.size, registry.get(1n, 1), registry.get(1n, 2), registry.get(2n, 1)]).toEqual([2, second, app, undefined]);
    expect([app.taken, second.taken]).toEqual([[], []]);
  });

  it('does not remove the newer connection when the older one ends', () => {
    const registry = new ConnectionRegistry<Connection>();
    const first = new Connection(1n, 1);
    const second = new Connection(1n, 1);
    registry.add(first);
    registry.add(second);
    expect([registry.remove(first), registry.size, registry.get(1n, 1)]).toEqual([false, 1, second]);
    expect([registry.remove(second), registry.remove(second), registry.size]).toEqual([true, false, 0]);
  });

  it('keeps a connection that renews its token', () => {
    const registry = new ConnectionRegistry<Connection>();
    const connection = new Connection(1n, 1);
    registry.add(connection);
    expect([registry.add(connection), connection.taken, registry.size]).toEqual([undefined, [], 1]);
  });

  it('refuses a connection that is not authenticated', () => {
    const registry = new ConnectionRegistry<RegisteredConnection>();
    const nobody = { user: undefined, version: 1, pushFrame: () => SendCode.SUCCESS, takeOver: () => {} };
    expect(() => registry.add(nobody)).toThrow(new Error('the connection is not authenticated'));
    expect(registry.remove(nobody)).toBe(false);
  });

  it('pushes to all, or to some kinds of terminal, encoded once for each version', () => {
    const registry = new ConnectionRegistry<Connection>();
    const all = [new Connection(1n, 1), new Connection(2n, 2), new Connection(3n, 2), new Connection(4n, 1, '', 2)];
    for (const connection of all) registry.add(connection);
    all[1].answer = SendCode.TOO_LARGE;
    expect(registry.broadcast({ cmd: 1000 })).toBe(3);
    expect(all.map(({ frames }) => frames.length)).toEqual([1, 1, 1, 1]);
    expect(all[0].frames[0]).toBe(all[2].frames[0]);
    expect([all[0].frames[0][4], all[3].frames[0][4]]).toEqual([1, 2]);
    expect(registry.broadcast(SharedFrame.of({ cmd: 1001 }), registry.all([2]))).toBe(1);
    expect(all.map(({ frames }) => frames.length)).toEqual([1, 2, 2, 1]);
  });

  it('pushes to the others although one of them ends and is removed meanwhile', () => {
    const registry = new ConnectionRegistry<Connection>();
    const all = [1n, 2n, 3n].map((userId) => new Connection(userId, 1));
    for (const connection of all) registry.add(connection);
    all[0].pushFrame = () => {
      registry.remove(all[0]);
      registry.remove(all[1]);
      return SendCode.CHANNEL_NOT_FOUND;
    };
    expect(registry.broadcast({ cmd: 1000 })).toBe(2);
    expect(registry.size).toBe(1);
  });
});

describe('a registry of several connections of a user and terminal', () => {
  const several = (sessions: 'one-per-device' | 'unlimited', ...devices: string[]) => {
    const registry = new ConnectionRegistry<Connection>(sessions);
    const all = devices.map((id) => new Connection(1n, 1, id));
    const replaced = all.map((connection) => registry.add(connection));
    return { registry, all, replaced };
  };

  it('keeps all, the newest first found', () => {
    const { registry, all, replaced } = several('unlimited', 'a', 'a', '');
    expect([replaced, registry.size]).toEqual([[undefined, undefined, undefined], 3]);
    expect([registry.get(1n, 1), registry.others(1n, 1)]).toEqual([all[2], [all[0], all[1]]]);
    expect([registry.ofUser(1n), [...registry.all()].length, [...registry.all([2])].length]).toEqual([all, 3, 0]);
    expect(all.flatMap(({ taken }) => taken)).toEqual([]);
    // None is added twice.
    for (const connection of all) expect(registry.add(connection)).toBeUndefined();
    expect([registry.size, registry.ofUser(1n)]).toEqual([3, all]);
  });

  it.each([[[2, 1, 0]], [[0, 1, 2]], [[1, 2, 0]], [[1, 0, 2]]])('removes them in any order: %o', (order) => {
    const { registry, all } = several('unlimited', 'a', 'b', 'c');
    const left = new Set(all);
    for (const index of order) {
      expect([registry.remove(all[index]), registry.remove(all[index])]).toEqual([true, false]);
      left.delete(all[index]);
      expect(registry.ofUser(1n)).toEqual([...left]);
      expect([registry.size, registry.get(1n, 1)]).toEqual([left.size, [...left].at(-1)]);
    }
    expect(registry.others(1n, 1)).toEqual([]);
  });

  it('one per device: a device replaces its own connection, whether it is the newest or not', () => {
    const { registry, all } = several('one-per-device', 'a', 'b', '', '', 'a', 'a');
    const [first, b, none, none2, again, last] = all;
    expect(all.map(({ taken }) => taken.length)).toEqual([1, 0, 0, 0, 1, 0]);
    expect([first.taken[0].deviceId, registry.size, registry.ofUser(1n)]).toEqual(['a', 4, [b, none, none2, last]]);
    expect([registry.remove(first), registry.remove(again)]).toEqual([false, false]);
  });

  it('kicks a user: all connections, or those of a terminal', () => {
    const { registry, all } = several('unlimited', 'a', 'b');
    const [app, other] = [new Connection(1n, 2), new Connection(2n, 1)];
    for (const connection of [app, other]) registry.add(connection);
    expect(registry.kick(1n, { terminal: 1, code: 4, reason: 'r' })).toBe(2);
    const notice = { user: { userId: 1n, terminal: 1 }, code: 4, reason: 'r' };
    expect(all.map(({ taken }) => taken)).toEqual([[notice], [notice]]);
    expect([registry.kick(1n), registry.kick(3n), app.taken.length, other.taken.length]).toEqual([3, 0, 1, 0]);
  });
});

it('a SharedFrame forwards the data of a ReceiveInfo', () => {
  const content = { messageId: 5n, body: { $case: 'text', value: { text: 'a' } } } as const;
  const data = { $case: 'systemMessage', value: { content } } as const;
  const receivers = [{ terminal: 1, userIds: [1n] }];
  const shared = SharedFrame.forward(encodeFrame('ReceiveInfo', { cmd: 6, receivers, traceId: 't', data }));
  const connection = new Connection(1n, 1);
  expect(shared.pushTo(connection)).toBe(SendCode.SUCCESS);
  expect(decodeFrame(connection.frames[0])).toMatchObject({ type: 'SendInfo', message: { cmd: 6, data } });
  expect(shared.in(1)).toBe(connection.frames[0]);
});
