// `server.metrics()`: what clients that are written by hand cause, counted.
import { describe, expect, it } from 'vitest';
import { Command, ProtocolError } from '../../src/index.js';
import { ASK, ask, custom, push } from '../connection/messages.js';
import { HELLO, LOGIN, loggedInTcp, loggedInWebsocket, send, tcp, websocket } from './foreign.js';
import { handshake } from './handshake.js';
import { ALICE, host } from './host.js';

const COMMANDS = { [ASK]: 'ASK' };
const question = (sequence: number, cmd = ASK) => send({ cmd, sequence, data: { $case: 'custom', value: ask('a') } });
/** A frame of type 200, which no connection has: it is refused, and the connection stays open. */
const UNKNOWN_TYPE = Uint8Array.of(0, 0, 0, 5, 1, 200, 0, 0, 0);
/** A header that announces the largest frame. */
const TOO_LARGE = Uint8Array.of(0, 0xff, 0xff, 0xff, 1, 7, 0, 0);

let userId = 100n;
/** Each connection is a user. */
const login = () => ({ ...ALICE, userId: userId++ });

describe('metrics', () => {
  it('are zero at first', async () => {
    const { server } = await host();
    expect(server.metrics()).toEqual({
      connections: {
        open: { tcp: 0, websocket: 0 },
        authenticated: { tcp: 0, websocket: 0 },
        versions: {},
        opened: { tcp: 0, websocket: 0 },
        closed: {},
        refused: {},
      },
      handshakes: { agreed: {}, failed: {} },
      logins: {
        first: {},
        renewals: {},
        durations: { boundsMs: expect.any(Array), counts: new Array(15).fill(0), count: 0, sumMs: 0 },
      },
      traffic: {
        tcp: { bytesReceived: 0, framesReceived: 0, bytesSent: 0, framesSent: 0 },
        websocket: { bytesReceived: 0, framesReceived: 0, bytesSent: 0, framesSent: 0 },
      },
      refusedFrames: {},
      requests: { active: 0, handled: {}, durations: {} },
      queue: { bytes: 0, full: 0, droppedChunks: 0 },
    });
  });

  it('count connections, handshakes and frames, to the byte, by transport', async () => {
    const { server, port } = await host({ login, commands: COMMANDS });
    const overTcp = await loggedInTcp(port);
    const overWebsocket = await loggedInWebsocket(port);
    const asked = question(2);
    overTcp.socket.write(Buffer.concat([asked, question(3)]));
    await overTcp.received.count(4);
    overWebsocket.socket.send(asked);
    await overWebsocket.received.count(3);
    const { connections, handshakes, logins, traffic, requests } = server.metrics();
    expect(connections).toEqual({
      open: { tcp: 1, websocket: 1 },
      authenticated: { tcp: 1, websocket: 1 },
      versions: { 1: 2 },
      opened: { tcp: 1, websocket: 1 },
      closed: {},
      refused: {},
    });
    expect(handshakes).toEqual({ agreed: { 1: 2 }, failed: {} });
    expect(logins).toMatchObject({ first: { OK: 2 }, renewals: {}, durations: { count: 2 } });
    const first = HELLO.length + LOGIN.length + asked.length;
    expect(traffic).toEqual({
      tcp: { bytesReceived: first + asked.length, framesReceived: 4, bytesSent: overTcp.received.bytes, framesSent: 4 },
      websocket: { bytesReceived: first, framesReceived: 3, bytesSent: overWebsocket.received.bytes, framesSent: 3 },
    });
    expect(requests).toMatchObject({ active: 0, handled: { ASK: { OK: 3 } } });
    overTcp.socket.end();
    overWebsocket.socket.close();
    await expect.poll(() => server.connectionCount).toBe(0);
    expect(server.metrics().connections).toMatchObject({
      open: { tcp: 0, websocket: 0 },
      authenticated: { tcp: 0, websocket: 0 },
      versions: {},
      opened: { tcp: 1, websocket: 1 },
      closed: { OK: 2 },
    });
  });

  it('count frames that are refused, and connections that end for them, by code', async () => {
    const { server, port } = await host({ login });
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat([UNKNOWN_TYPE, send({ cmd: Command.DRAIN, data: { $case: 'drain', value: {} } })]));
    await received.count(3);
    socket.write(TOO_LARGE);
    await received.ended();
    const silent = await tcp(port);
    // TLS.
    silent.socket.write(Uint8Array.of(0x16, 3, 1, 2, 0));
    await silent.received.ended();
    const early = await websocket(port);
    early.socket.send(Buffer.concat([HELLO, question(1)]));
    await early.received.ended();
    await expect.poll(() => server.connectionCount).toBe(0);
    const { refusedFrames, connections, handshakes, logins } = server.metrics();
    expect(refusedFrames).toEqual({
      UNSUPPORTED_TYPE: 1,
      PERMISSION_DENIED: 1,
      FRAME_TOO_LARGE: 1,
      FOREIGN_PROTOCOL: 1,
      LOGIN_REQUIRED: 1,
    });
    expect(connections.closed).toMatchObject({ FRAME_TOO_LARGE: 1, LOGIN_REQUIRED: 1 });
    expect(handshakes.failed).toEqual({ FOREIGN_PROTOCOL: 1 });
    expect(logins.first).toEqual({ OK: 1 });
  });

  it('count logins, renewals and requests by the code that the client gets', async () => {
    const failures: Record<string, () => unknown> = {
      refuses: () => {
        throw new ProtocolError('PERMISSION_DENIED', 'no');
      },
      fails: () => {
        throw new TypeError('secret');
      },
      numbers: () => {
        throw new ProtocolError(4242, 'of the application');
      },
      forgets: () => undefined,
      errs: () => ({ cmd: Command.LOGIN }),
      answers: () => custom('re'),
    };
    const names = Object.keys(failures);
    let isValid = true;
    const { server, port } = await host({
      commands: COMMANDS,
      login: () => {
        if (!isValid) throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
        return { ...ALICE, userId: 5n };
      },
      message: ({ sequence }) => failures[names[sequence - 10]]() as never,
      onError: () => {},
    });
    const { socket, received } = await loggedInTcp(port);
    socket.write(Buffer.concat(names.map((_, i) => question(10 + i))));
    await received.count(2 + names.length);
    expect(server.metrics().requests).toMatchObject({
      active: 0,
      handled: { ASK: { PERMISSION_DENIED: 1, INTERNAL: 2, 4242: 1, UNSUPPORTED_COMMAND: 1, OK: 1 } },
    });
    const renewal = send({ cmd: 1, sequence: 99, data: { $case: 'login', value: { accessToken: 'next' } } });
    socket.write(renewal);
    await received.count(3 + names.length);
    isValid = false;
    const other = await tcp(port);
    other.socket.write(Buffer.concat([HELLO, LOGIN]));
    await other.received.ended();
    expect(server.metrics().logins).toMatchObject({ first: { OK: 1, UNAUTHENTICATED: 1 }, renewals: { OK: 1 } });
  });

  it('count what accept refuses', async () => {
    const { server, port } = await host({ accept: ({ transport }) => transport === 'tcp' });
    expect(await handshake(port)).toMatchObject({ status: 403 });
    const { connections } = server.metrics();
    expect(connections).toMatchObject({ opened: { tcp: 0, websocket: 0 }, refused: { PERMISSION_DENIED: 1 } });
  });

  it('have durations of requests from the first call on, and the messages that are being handled', async () => {
    let release = (): void => {};
    let isAsked = false;
    const { server, port } = await host({
      commands: COMMANDS,
      message: () =>
        new Promise((resolve) => {
          isAsked = true;
          release = () => resolve(custom('re'));
        }),
    });
    const { socket, received } = await loggedInTcp(port);
    const answer = async (sequence: number, names: number): Promise<void> => {
      socket.write(question(sequence));
      await expect.poll(() => isAsked).toBe(true);
      isAsked = false;
      release();
      await received.count(names);
    };
    await answer(2, 3);
    expect(server.metrics().requests).toEqual({ active: 0, handled: { ASK: { OK: 1 } }, durations: {} });
    await answer(3, 4);
    const { boundsMs, counts, count, sumMs } = server.metrics().requests.durations.ASK;
    expect([boundsMs.length + 1, count, counts.reduce((sum, one) => sum + one)]).toEqual([counts.length, 1, 1]);
    expect(sumMs).toBeGreaterThan(0);
    socket.write(question(4));
    await expect.poll(() => server.metrics().requests.active).toBe(1);
    release();
  });

  it('have a bounded number of keys, whatever clients and the application send', async () => {
    const { server, port } = await host({
      login,
      commands: COMMANDS,
      message: ({ cmd }) => {
        throw new ProtocolError(cmd + 1000, 'of the application');
      },
    });
    const { socket, received } = await loggedInTcp(port);
    const count = 300;
    for (let i = 0; i < count; i++) socket.write(question(2 + i, ASK + i));
    await received.count(2 + count);
    const { handled } = server.metrics().requests;
    expect(Object.keys(handled).sort()).toEqual(['ASK', 'OTHER']);
    expect(handled.ASK).toEqual({ 2000: 1 });
    expect(Object.keys(handled.OTHER)).toHaveLength(101);
    expect(handled.OTHER).toMatchObject({ OTHER: count - 1 - 100 });
  });

  it('have the bytes that wait for clients that do not read', async () => {
    const { server, port, logins } = await host();
    const { socket, received } = await loggedInTcp(port);
    socket.pause();
    const connection = logins[0];
    const text = 'x'.repeat(8000);
    let id = 1n;
    const full = async (): Promise<boolean> => {
      if (connection.bufferedBytes < 1_000_000) connection.push(push(id++, text));
      await new Promise((resolve) => setImmediate(resolve));
      return server.metrics().queue.full > 0 && connection.bufferedBytes >= 1_000_000;
    };
    while (!(await full()));
    expect(server.metrics().queue.bytes).toBe(connection.bufferedBytes);
    const data = { $case: 'chunk', value: { streamId: 1n, index: 0, text: 'a' } } as never;
    connection.push({ cmd: Command.CHUNK, data });
    expect(server.metrics().queue).toMatchObject({ full: 1, droppedChunks: 1 });
    socket.resume();
    await received.count(1 + Number(id));
    await expect.poll(() => server.metrics().queue.bytes).toBe(0);
  });
});
