import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../generated/commands.js';
import { roomRef } from '../../src/conversation/index.js';
import {
  Command,
  encodeFrame,
  ProtocolError,
  ReceiveInfo,
  SendInfo,
  type SendInfoInit,
  type UplinkInfoInit,
} from '../../src/index.js';
import { uplinkInfoMessage } from '../../src/rocketmq/index.js';
import { AudienceIndex, isUplinked, Uplink, type UplinkOptions, uplinkInfo } from '../../src/server/index.js';
import { ConnectionRegistry } from '../../src/session/index.js';
import { ScriptedClock } from '../rocketmq/scripted-clock.js';
import { thrownBy } from '../thrown-by.js';
import { Served } from './served.js';

const sender = { userId: 1n, terminal: 1 };

function private_(sequence: number, text = 'hi'): SendInfo {
  const value = {
    sender,
    receiverId: 2n,
    content: { clientMessageId: 'c', sentAtMs: 1n, body: { $case: 'text', value: { text } } },
  } as const;
  return SendInfo.create({ cmd: Command.PRIVATE_MESSAGE, sequence, data: { $case: 'privateMessage', value } });
}

const sync = (sequence: number): SendInfo =>
  SendInfo.create({ cmd: Command.SYNC, sequence, data: { $case: 'syncRequest', value: {} } });
const room = (sequence: number, roomId: bigint, join: boolean): SendInfo =>
  SendInfo.create({ cmd: Command.ROOM, sequence, data: { $case: 'room', value: { roomId, join } } });
const reply = (message: SendInfoInit): ReceiveInfo => ReceiveInfo.create(message as ReceiveInfo);
const PAGE = {
  cmd: Command.SYNC,
  data: { $case: 'syncPage', value: { cursor: new Uint8Array([1]), pushes: [], more: false, reset: false, truncated: [] } },
} as const;

function open(options: Partial<UplinkOptions<Served>> = {}) {
  const clock = new ScriptedClock();
  const sent: UplinkInfoInit[] = [];
  const uplink = new Uplink<Served>({ serverId: '7', publish: (info) => void sent.push(info), clock, ...options });
  const connection = new Served('c-1', 1n);
  /** What becomes of a message. */
  const ask = (message: SendInfo, from = connection) => {
    const outcome: { value?: unknown; error?: Error } = {};
    uplink.message(message, from).then(
      (value) => Object.assign(outcome, { value, done: true }),
      (error) => Object.assign(outcome, { error }),
    );
    return outcome;
  };
  return { clock, sent, uplink, connection, ask };
}

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('uplinkInfo', () => {
  it('says who sent what, and everything that the platform needs for the answer', () => {
    const facts = { serverId: '7', number: 3n, receivedAtMs: 1_700_000_000_000.7, traceId: 't' };
    const message = private_(9);
    expect(uplinkInfo(message, new Served('c-1', 1n), facts)).toEqual({
      sender,
      serverId: '7',
      connectionId: 'c-1',
      sequence: 9,
      receivedAtMs: 1_700_000_000_000n,
      traceId: 't',
      version: 2,
      cmd: Command.PRIVATE_MESSAGE,
      maxFrameBytes: 65_536,
      number: 3n,
      data: message.data,
    });
    encodeFrame('UplinkInfo', uplinkInfo(message, new Served('c-1', 1n), facts));
  });

  it('is for each command of a client but LOGIN, HEARTBEAT, ACK and ERROR', () => {
    const names = Object.entries(COMMANDS).filter(([cmd]) => isUplinked(Number(cmd)));
    expect(names.map(([, { name }]) => name)).toEqual([
      ...[
        'PRIVATE_MESSAGE',
        'GROUP_MESSAGE',
        'SYNC',
        'HISTORY',
        'READ',
        'CONVERSATION',
        'TYPING',
        'STREAM_CONTROL',
        'CALL',
        'PRESENCE',
      ],
      ...['ROOM', 'ROOM_MESSAGE', 'LOGOUT', 'DELETE_FOR_ME'],
    ]);
    expect([isUplinked(1000), isUplinked(999)]).toEqual([true, false]);
    const facts = { serverId: '7', number: 1n, receivedAtMs: 1 };
    const refused = (message: SendInfoInit): string =>
      thrownBy(() => uplinkInfo(SendInfo.create(message), new Served('c-1', 1n), facts)).message;
    expect(refused({ cmd: Command.HEARTBEAT })).toBe('[UNSUPPORTED_COMMAND] HEARTBEAT does not go to the platform');
  });
});

describe('Uplink', () => {
  it('counts the messages of each connection, and gives each a trace id', async () => {
    const { sent, connection, ask } = open();
    const other = new Served('x'.repeat(64), 2n);
    ask(private_(1));
    ask(private_(0), other);
    ask(sync(2));
    await settle();
    expect(sent.map(({ connectionId, number, traceId }) => [connectionId, number, traceId])).toEqual([
      [connection.id, 1n, 'c-1.1'],
      [other.id, 1n, `${'x'.repeat(62)}.1`],
      [connection.id, 2n, 'c-1.2'],
    ]);
    for (const info of sent) expect(uplinkInfoMessage(info)).toMatchObject({ topic: 'im_uplink' });
  });

  it('does not use a number again: a message whose publication fails may be in the queue nevertheless', async () => {
    const queue: UplinkInfoInit[] = [];
    const { ask } = open({
      publish: async (info) => {
        queue.push(info);
        if (queue.length === 1) throw new Error('the confirmation was lost');
      },
    });
    const lost = ask(private_(0));
    await settle();
    ask(private_(0));
    await settle();
    expect(lost.error?.message).toBe('PRIVATE_MESSAGE could not be published');
    expect(queue.map(({ number }) => number)).toEqual([1n, 2n]);
  });

  it('resolves a request with the reply of the platform, and a message without a sequence when the queue has it', async () => {
    const queue: (() => void)[] = [];
    const { uplink, connection, ask } = open({ publish: () => new Promise<void>((resolve) => void queue.push(resolve)) });
    const [asked, told] = [ask(sync(5)), ask(private_(0))];
    await settle();
    expect([asked, told, uplink.waiting]).toEqual([{}, {}, 2]);
    for (const accept of queue) accept();
    // The reply may come before the queue confirms.
    expect(uplink.answer(connection, 5, reply(PAGE))).toBeUndefined();
    await settle();
    expect([asked.value, told]).toEqual([PAGE, { value: undefined, done: true }]);
    expect([uplink.waiting, uplink.waitingBytes]).toEqual([0, 0]);
    expect(uplink.answer(connection, 5, reply(PAGE))?.message).toBe('[TIMEOUT] no SYNC waits for a reply with this sequence');
  });

  it('rejects with the ERROR of the platform', async () => {
    const { uplink, connection, ask } = open();
    const asked = ask(private_(5));
    const error = {
      code: 48,
      message: 'not here',
      retryAfterMs: 7,
      userMessage: 'No',
      reason: 'r',
      untilMs: 9n,
      command: 4,
    };
    uplink.answer(connection, 5, reply({ cmd: Command.ERROR, data: { $case: 'error', value: error } }));
    await settle();
    expect(asked.error).toMatchObject({
      code: 'NOT_A_MEMBER',
      message: '[NOT_A_MEMBER] not here',
      retryAfterMs: 7,
      userMessage: 'No',
      untilMs: 9n,
    });
  });

  it('drops a reply that is not for the request, which goes on waiting', async () => {
    const { uplink, connection, ask } = open();
    const asked = ask(sync(5));
    const faults = [
      uplink.answer(connection, 6, reply(PAGE)),
      uplink.answer(new Served('c-1', 1n), 5, reply(PAGE)),
      uplink.answer(connection, 5, reply({ cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: 1 } } })),
    ];
    await settle();
    expect(faults.map((fault) => fault?.message)).toEqual([
      '[TIMEOUT] no SYNC waits for a reply with this sequence',
      '[TIMEOUT] no SYNC waits for a reply with this sequence',
      '[INVALID_MESSAGE] SEND_RESULT in reply to SYNC',
    ]);
    expect(asked).toEqual({});
    uplink.answer(connection, 5, reply(PAGE));
    await settle();
    expect(asked.value).toEqual(PAGE);
  });

  it.each([[() => Promise.reject(new Error('down'))], [() => thrown(new ProtocolError('CLOSED', 'the broker has closed'))]])(
    'fails if the message cannot be published (%#)',
    async (publish) => {
      const { uplink, ask } = open({ publish });
      const [asked, told] = [ask(sync(1)), ask(private_(0))];
      await settle();
      expect([asked.error?.message, told.error?.message]).toEqual([
        'SYNC could not be published',
        'PRIVATE_MESSAGE could not be published',
      ]);
      expect(asked.error?.cause).toBeInstanceOf(Error);
      expect([uplink.waiting, uplink.waitingBytes]).toEqual([0, 0]);
    },
  );

  it('does not wait longer than the limit', async () => {
    const { clock, uplink, connection, ask } = open({ timeoutMs: 500, publish: () => new Promise(() => {}) });
    const [asked, told] = [ask(sync(5)), ask(private_(0))];
    await clock.advance(499);
    await settle();
    expect([asked, told]).toEqual([{}, {}]);
    await clock.advance(1);
    await settle();
    expect(asked.error).toMatchObject({ code: 'TIMEOUT', message: '[TIMEOUT] SYNC: no answer of the platform within 500 ms' });
    expect(told.error).toMatchObject({ code: 'TIMEOUT' });
    expect([uplink.waiting, uplink.answer(connection, 5, reply(PAGE))?.code]).toEqual([0, 'TIMEOUT']);
  });

  it('ends what waits when the connection ends', async () => {
    const { uplink, connection, ask } = open();
    const asked = ask(sync(5));
    const [other, kept] = [new Served('c-2', 2n), ask(sync(5), new Served('c-3', 3n))];
    other.close();
    connection.close();
    await settle();
    expect([asked.error?.message, kept, uplink.waiting]).toEqual(['[CLOSED] the connection has closed', {}, 1]);
  });

  it('lets a bounded number of messages wait', async () => {
    const { uplink, sent, connection, ask } = open({ maxWaiting: 2 });
    ask(sync(1));
    ask(sync(2));
    const refused = ask(sync(3));
    await settle();
    expect(refused.error).toMatchObject({
      code: 'RATE_LIMITED',
      message: '[RATE_LIMITED] 3 messages wait for the platform, limit 2',
      limit: 2,
      actual: 3,
      retryAfterMs: 1000,
    });
    uplink.answer(connection, 1, reply(PAGE));
    expect(ask(sync(3))).toEqual({});
    await settle();
    expect(uplink.waiting).toBe(2);
    // What was refused is not counted.
    expect(sent.map(({ number }) => number)).toEqual([1n, 2n, 3n]);
  });

  it('lets a bounded number of bytes wait, but at least one message', async () => {
    const { uplink, ask } = open({ maxWaitingBytes: 1000 });
    const large = ask(private_(1, 'x'.repeat(5000)));
    const small = ask(sync(2));
    await settle();
    expect(large).toEqual({});
    expect(small.error?.message).toMatch(/^\[RATE_LIMITED\] \d+ bytes of messages wait for the platform, limit 1000$/);
    expect(uplink.waitingBytes).toBeGreaterThanOrEqual(5000);
  });

  it('checks its options', () => {
    expect(thrownBy(() => open({ serverId: 'a b' })).message).toMatch(
      /^\[INVALID_MESSAGE\] UplinkInfo breaks 1 rule: serverId: /,
    );
    expect(() => open({ timeoutMs: -1 })).toThrow(RangeError);
    expect(() => open({ maxWaiting: 0 })).toThrow(RangeError);
    expect(() => open({ maxWaitingBytes: 0.5 })).toThrow(RangeError);
  });

  describe('ROOM', () => {
    function openRooms() {
      const audience = new AudienceIndex<Served>();
      const registry = new ConnectionRegistry<Served>();
      const all = open({ audience });
      const echo = (sequence: number, roomId: bigint, join: boolean): ProtocolError | undefined =>
        all.uplink.answer(
          all.connection,
          sequence,
          reply({ cmd: Command.ROOM, data: { $case: 'room', value: { roomId, join } } }),
        );
      const inRoom = (roomId: bigint): number => audience.connections(roomRef(roomId), registry).length;
      return { ...all, audience, echo, inRoom };
    }

    it('enters and leaves as the platform agrees', async () => {
      const { ask, echo, inRoom, uplink, connection } = openRooms();
      ask(room(1, 7n, true));
      expect(inRoom(7n)).toBe(0);
      expect(echo(1, 8n, true)?.message).toBe('[INVALID_MESSAGE] ROOM in reply to ROOM of another room');
      expect(echo(1, 7n, false)?.message).toBe('[INVALID_MESSAGE] ROOM in reply to ROOM of another room');
      expect([inRoom(7n), echo(1, 7n, true), inRoom(7n)]).toEqual([0, undefined, 1]);
      const refused = ask(room(2, 9n, true));
      uplink.answer(connection, 2, reply({ cmd: Command.ERROR, data: { $case: 'error', value: { code: 48 } } }));
      await settle();
      expect([refused.error?.message, inRoom(9n)]).toEqual(['[NOT_A_MEMBER] the platform refused ROOM', 0]);
      ask(room(3, 7n, false));
      expect([inRoom(7n), echo(3, 7n, false), inRoom(7n)]).toEqual([1, undefined, 0]);
    });

    it('does not ask the platform for a room too many', async () => {
      const { ask, audience, connection, sent } = openRooms();
      for (let roomId = 1n; roomId <= 16n; roomId++) audience.join(connection, roomId);
      const refused = ask(room(1, 17n, true));
      const [again, leave] = [ask(room(2, 16n, true)), ask(room(3, 16n, false))];
      await settle();
      expect([refused.error, again, leave, sent.length]).toMatchObject([{ code: 'QUOTA_EXCEEDED' }, {}, {}, 2]);
    });
  });
});

function thrown(error: Error): never {
  throw error;
}
