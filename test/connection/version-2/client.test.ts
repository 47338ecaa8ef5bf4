// A client of version 2: its receipts, its LOGOUT, its token, and its typed requests and pushes.
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../../generated/im/protocol/v1/send_info.js';
import { Command, decodeFrame, ERRORS, FEATURES, ProtocolError } from '../../../src/index.js';
import { frameText } from '../../session/transcript.js';
import { ASK, ask, custom, push } from '../messages.js';
import { ALICE, World, type WorldOptions } from '../world.js';

const VERSIONS = { versions: [1, 2] };
const world = (options: WorldOptions = {}): World => new World({ ...VERSIONS, features: FEATURES, ...options });

/** The frames that the client has written since the last call. */
function wrote(of: World): string[] {
  const frames = of.lastEnd.writes.splice(0).flat();
  return frames.map(frameText).filter((text) => !text.startsWith('HEARTBEAT'));
}

describe('receipts', () => {
  it('one ACK for all messages that a loop took in one turn', async () => {
    const here = world();
    const client = await here.connect(VERSIONS);
    wrote(here);
    const replies = [1n, 2n, 3n].map((id) => here.lastServed.request(push(id)));
    const loop = (async () => {
      const ids: number[] = [];
      for await (const { sequence } of client) if (ids.push(sequence) === 3) return ids;
      return ids;
    })();
    await here.settle();
    expect(await loop).toEqual([1, 2, 3]);
    expect(wrote(here)).toEqual(['ACK 0']);
    const results = await Promise.all(replies);
    expect(results.map(({ data }) => data?.$case === 'sendResult' && [data.value.code, data.value.messageId])).toEqual([
      [1, 1n],
      [1, 2n],
      [1, 3n],
    ]);
  });

  it('are sent once the application has stored the messages, with confirm: stored', async () => {
    const here = world();
    const client = await here.connect({ ...VERSIONS, confirm: 'stored' });
    wrote(here);
    const replies = [1n, 2n].map((id) => here.lastServed.request(push(id), 60_000));
    const taken: SendInfo[] = [];
    const iterator = client[Symbol.asyncIterator]();
    for (const _ of replies) {
      const next = iterator.next();
      await here.settle();
      taken.push((await next).value);
    }
    expect(wrote(here)).toEqual([]);
    client.confirm(taken[1]);
    await here.settle();
    expect(wrote(here)).toEqual([]);
    client.confirm(taken[0]);
    client.confirm(taken[0]);
    await here.settle();
    expect(wrote(here)).toEqual(['ACK 0']);
    await Promise.all(replies);
  });

  it('of a message that arrives again on the next connection follow the first one there', async () => {
    const here = world();
    const client = await here.connect({ ...VERSIONS, confirm: 'stored', reconnect: { baseMs: 1 } });
    here.lastServed.request(push(1n)).catch(() => {});
    const next = client[Symbol.asyncIterator]().next();
    await here.settle();
    here.lastEnd.cut();
    await here.pass(100);
    expect(client.state).toBe('authenticated');
    const again = here.lastServed.request(push(1n));
    await here.settle();
    wrote(here);
    client.confirm((await next).value);
    await here.settle();
    expect(wrote(here)).toEqual(['ACK 0']);
    expect((await again).data?.$case).toBe('sendResult');
  });
});

describe('logout', () => {
  it('is answered after the open requests and the handler, and ends the client on both sides without an error', async () => {
    const order: string[] = [];
    const ends: unknown[] = [];
    let answer: () => void = () => {};
    const here = world({
      message: (message) =>
        new Promise((resolve) => {
          answer = () => {
            order.push('request');
            resolve(custom('ok', message.cmd));
          };
        }),
      onLogout: async (connection) => {
        await Promise.resolve();
        order.push(`onLogout ${connection.isLoggedOut}`);
      },
      onClose: (connection, error) => void ends.push(connection.isLoggedOut, error),
    });
    const client = await here.connect(VERSIONS);
    const request = client.request(ASK, ask('a'));
    const logout = client.logout().then(() => order.push('logout'));
    expect(client.logout()).toBe(client.logout());
    await expect(client.request(ASK, ask('b'))).rejects.toMatchObject({
      code: 'CLOSED',
      message: '[CLOSED] the client logs out',
    });
    await here.settle();
    expect(order).toEqual([]);
    answer();
    await here.settle();
    await request;
    await logout;
    expect([order, await client.closed, client.state]).toEqual([['request', 'onLogout false', 'logout'], undefined, 'closed']);
    await here.pass(60_000);
    expect([here.dials, ends, here.lastEnd.peer.closeCode]).toEqual([1, [true, undefined], 1000]);
    await client.logout();
  });

  it('is answered also if the handler fails', async () => {
    const errors: unknown[] = [];
    const here = world({
      onLogout: () => {
        throw new Error('no database');
      },
      onError: (error, { callback, command }) => errors.push([callback, command, String(error)]),
    });
    const client = await here.connect(VERSIONS);
    const done = client.logout();
    await here.settle();
    await done;
    expect(errors).toEqual([['onLogout', Command.LOGOUT, 'Error: no database']]);
  });

  it('is answered also if the handler never answers, after the idle timeout', async () => {
    const errors: unknown[] = [];
    const ends: unknown[] = [];
    const here = world({
      onLogout: () => new Promise(() => {}),
      onClose: (connection, error) => void ends.push(connection.isLoggedOut, error),
      onError: (error, { callback, command }) => errors.push([callback, command, String(error)]),
    });
    const client = await here.connect({ ...VERSIONS, requestTimeoutMs: 600_000 });
    let isDone = false;
    const done = client.logout().then(() => {
      isDone = true;
    });
    await here.pass(74_999);
    expect([isDone, errors]).toEqual([false, []]);
    await here.pass(1);
    await done;
    expect(errors).toEqual([['onLogout', Command.LOGOUT, expect.stringContaining('onLogout has not answered for 75000 ms')]]);
    expect([ends, here.platform.timers]).toEqual([[true, undefined], 0]);
  });

  it('counts also if the client does not wait for the answer, and the handler is not called after the end', async () => {
    const order: string[] = [];
    let answer: () => void = () => {};
    const here = world({
      message: () =>
        new Promise((resolve) => {
          answer = () => resolve(undefined);
        }),
      onLogout: () => {
        order.push('onLogout');
        return new Promise(() => {});
      },
      onClose: ({ isLoggedOut }) => order.push(`onClose ${isLoggedOut}`),
    });
    const first = await here.connect(VERSIONS);
    first.logout().catch(() => {});
    await here.settle();
    here.lastEnd.cut();
    await here.settle();
    expect(order.splice(0)).toEqual(['onLogout', 'onClose true']);
    const second = await here.connect(VERSIONS);
    second.push(ASK, ask('a'));
    second.logout().catch(() => {});
    await here.settle();
    here.lastEnd.cut();
    await here.settle();
    answer();
    await here.settle();
    expect(order).toEqual(['onClose false']);
  });

  it('that loses its connection fails, and is neither sent again nor followed by another connection', async () => {
    const here = world({ onLogout: () => new Promise(() => {}) });
    const client = await here.connect({ ...VERSIONS, resume: true });
    const done = expect(client.logout()).rejects.toMatchObject({ code: 'CLOSED' });
    await here.settle();
    here.lastEnd.cut();
    await here.pass(60_000);
    await done;
    expect([here.dials, client.state]).toEqual([1, 'closed']);
  });

  it('without a connection uses the next one', async () => {
    const here = world();
    const client = await here.connect({ ...VERSIONS, reconnect: { baseMs: 100 } });
    here.lastEnd.cut();
    await here.settle();
    const done = client.logout();
    await here.pass(1000);
    await done;
    expect([here.dials, await client.closed]).toEqual([2, undefined]);
  });

  it('of version 1 closes the connection', async () => {
    const here = world({ versions: [1] });
    const client = await here.connect(VERSIONS);
    wrote(here);
    await client.logout();
    expect([await client.closed, client.state, wrote(here)]).toEqual([undefined, 'closed', []]);
  });
});

describe('a token that expires', () => {
  const at = (here: World, ms: number): bigint => BigInt(here.platform.timeOriginMs + ms);

  function expiring(ttlMs: number, options: WorldOptions = {}) {
    const logins: string[] = [];
    const here: World = world({
      login: ({ accessToken }) => {
        logins.push(accessToken);
        return { ...ALICE, tokenExpiresAtMs: at(here, here.platform.nowMs() + ttlMs) };
      },
      ...options,
    });
    return { here, logins };
  }

  it('is renewed a minute before, on the same connection', async () => {
    const { here, logins } = expiring(3_600_000, { timeOriginMs: 1_767_225_600_000 });
    let count = 0;
    const client = await here.connect({ ...VERSIONS, login: () => ({ accessToken: `t${++count}` }) });
    await here.pass(3_539_999);
    expect(logins).toEqual(['t1']);
    await here.pass(1);
    expect([logins, client.session?.tokenExpiresAtMs]).toEqual([['t1', 't2'], at(here, 3_540_000 + 3_600_000)]);
    await here.pass(3_600_000);
    expect([logins, here.dials, client.state]).toEqual([['t1', 't2', 't3'], 1, 'authenticated']);
  });

  it('that cannot be renewed ends the connection, and the client returns with another one', async () => {
    const { here, logins } = expiring(100_000, { timeOriginMs: 1_767_225_600_000 });
    const reasons: string[] = [];
    const client = await here.connect({
      ...VERSIONS,
      login: () => ({ accessToken: here.platform.nowMs() < 100_000 ? 't1' : 't2' }),
      onReconnect: ({ code }) => void reasons.push(String(code)),
    });
    await here.pass(99_999);
    expect([logins, client.state]).toEqual([['t1'], 'authenticated']);
    await here.pass(10_000);
    expect([logins, reasons, client.state]).toEqual([['t1', 't2'], ['TOKEN_EXPIRED'], 'authenticated']);
  });

  it('ends the client that has no other', async () => {
    const { here, logins } = expiring(100_000, { timeOriginMs: 1_767_225_600_000 });
    const client = await here.connect({ ...VERSIONS, login: () => ({ accessToken: 'same' }) });
    await here.pass(200_000);
    expect([logins, (await client.closed)?.code]).toEqual([['same'], 'TOKEN_EXPIRED']);
    const fixed = expiring(100_000, { timeOriginMs: 1_767_225_600_000 });
    const other = await fixed.here.connect({ ...VERSIONS, login: { accessToken: 'same' } });
    await fixed.here.pass(200_000);
    expect([fixed.logins, (await other.closed)?.code]).toEqual([['same'], 'TOKEN_EXPIRED']);
  });

  it('is not asked for in a loop if every token expires at once', async () => {
    const { here, logins } = expiring(500, { timeOriginMs: 1_767_225_600_000 });
    let count = 0;
    await here.connect({ ...VERSIONS, login: () => ({ accessToken: `t${++count}` }) });
    await here.pass(60_000);
    expect(logins.length).toBeLessThan(20);
  });

  it('is renewed again although `login` was still being asked when another token was accepted', async () => {
    const { here, logins } = expiring(100_000, { timeOriginMs: 1_767_225_600_000 });
    let count = 0;
    let answer: () => void = () => {};
    const client = await here.connect({
      ...VERSIONS,
      login: () => {
        const login = { accessToken: `t${++count}` };
        if (count !== 2) return login;
        return new Promise((resolve) => {
          answer = () => resolve(login);
        });
      },
    });
    await here.pass(90_000);
    expect(count).toBe(2);
    const renewal = client.login({ accessToken: 'own' });
    await here.settle();
    await renewal;
    answer();
    await here.pass(90_000);
    expect([logins, here.dials]).toEqual([['t1', 'own', 't3'], 1]);
  });

  it('whose renewal fails is tried again, and the failure is reported', async () => {
    const { here, logins } = expiring(100_000, { timeOriginMs: 1_767_225_600_000 });
    const errors: unknown[] = [];
    let count = 0;
    const client = await here.connect({
      ...VERSIONS,
      login: () => {
        if (++count === 2) throw new Error('offline');
        return { accessToken: `t${count}` };
      },
      onError: (error, { callback }) => errors.push(`${callback} ${String(error)}`),
    });
    await here.pass(90_000);
    expect([logins, errors]).toEqual([['t1'], ['login Error: offline']]);
    await here.pass(5000);
    expect([logins, client.state, here.dials]).toEqual([['t1', 't3'], 'authenticated', 1]);
  });
});

describe('requests and pushes', () => {
  const conversation = { kind: { $case: 'groupId', value: 3n } } as const;

  it('are completed with the author, the time and the id that the application left out', async () => {
    const got: SendInfo[] = [];
    const here = world({
      message: (message) => {
        got.push(message);
        return message.sequence === 0 ? undefined : { cmd: message.cmd, data: message.data };
      },
    });
    const client = await here.connect(VERSIONS);
    const read = client.request(Command.READ, { conversation, upToSeq: 4n });
    client.push(Command.TYPING, { conversation, action: 1 });
    client.push(Command.GROUP_MESSAGE, { groupId: 3n, content: { body: { $case: 'text', value: { text: 'x' } } } });
    client.push(ASK, ask('a'));
    await here.settle();
    expect((await read).upToSeq).toBe(4n);
    expect(got).toMatchObject([
      { cmd: 12, data: { value: { reader: ALICE } } },
      { cmd: 15, data: { value: { sender: ALICE, action: 1 } } },
      { cmd: 5, data: { value: { sender: ALICE, content: { clientMessageId: 'id-1' } } } },
      { cmd: ASK },
    ]);
  });

  it('have the types of their commands', () => {
    const never = async (client: Awaited<ReturnType<World['connect']>>): Promise<void> => {
      const page = await client.request(Command.SYNC, { cursor: new Uint8Array() });
      page.cursor satisfies Uint8Array;
      (await client.request(Command.HISTORY, { conversation, oldest: true })).firstSeq satisfies bigint;
      (await client.request(Command.CONVERSATION, { conversation })).revision satisfies bigint;
      (await client.request(Command.STREAM_CONTROL, { conversation, messageId: 1n })).afterIndex satisfies number;
      (await client.request(Command.CALL, { callId: 'c', conversation })).code satisfies number;
      (await client.request(Command.PRESENCE, { userIds: [1n] })).items satisfies readonly object[];
      (await client.request(Command.ROOM, { roomId: 1n, join: true })).join satisfies boolean;
      (await client.request(Command.ROOM_MESSAGE, { roomId: 1n })).messageId satisfies bigint;
      (await client.request(Command.DELETE_FOR_ME, { conversation })).messageIds satisfies readonly bigint[];
      // @ts-expect-error a page is the reply, not the request
      await client.request(Command.SYNC, { pushes: [] });
      // @ts-expect-error an id is a bigint
      await client.request(Command.ROOM, { roomId: 1 });
      // @ts-expect-error TYPING is never a request
      await client.request(Command.TYPING, { conversation });
      // @ts-expect-error LOGOUT is `client.logout()`
      await client.request(Command.LOGOUT, undefined);
      // @ts-expect-error the reply to PRESENCE has no cursor
      (await client.request(Command.PRESENCE, {})).cursor;
      // @ts-expect-error SYNC is never a push
      client.push(Command.SYNC, {});
      // @ts-expect-error no such action
      client.push(Command.TYPING, { conversation, action: 'text' });
    };
    expect(never).toBeTypeOf('function');
  });
});

it('an error code of version 2 reaches a client of version 2', async () => {
  const here = world({
    message: () => {
      throw new ProtocolError('MUTED', 'not now');
    },
  });
  const client = await here.connect(VERSIONS);
  const failed = expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: 'MUTED' });
  await here.settle();
  await failed;
  expect([ERRORS.MUTED.number, decodeFrame(here.lastEnd.peer.writes.flat().at(-1)!).type]).toEqual([49, 'SendInfo']);
});
