// Every client with every server, over a universe of versions: what they agree on, on each transport, with LOGIN in one flight and without.
import { describe, expect, it } from 'vitest';
import { chooseSubprotocol, subprotocolsFor } from '../../src/negotiate/index.js';
import { ClientSession, ServerSession, type Session } from '../../src/session/index.js';
import { highestCommon, SETS } from '../negotiate/universe.js';
import { SENDER } from './alphabet.js';
import { PLAIN } from './stages.js';
import { events, frameText } from './transcript.js';

interface Pair {
  readonly client: ClientSession;
  readonly server: ServerSession;
}

/** Moves bytes until both have nothing more to say. Returns what the client and the server said. */
function talk({ client, server }: Pair): [string[], string[]] {
  const said: [string[], string[]] = [[], []];
  const pass = (from: Session, to: Session, list: string[]): number => {
    const frames = from.takeBytes();
    for (const frame of frames) {
      list.push(frameText(withVersion1(frame)));
      to.receive(frame, 0);
    }
    return frames.length;
  };
  while (pass(client, server, said[0]) + pass(server, client, said[1]) > 0);
  return said;
}

/** `frameText` reads the versions that this release knows. */
function withVersion1(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  if (copy[4] > 1) copy[4] = 1;
  return copy;
}

function pair(
  offered: readonly number[],
  versions: readonly number[],
  grease: boolean,
  websocket: boolean,
  login: boolean,
): Pair {
  const transport = websocket ? 'websocket' : 'tcp';
  const options = { ...PLAIN, grease, transport, versions: offered } as const;
  const client = new ClientSession(login ? { ...options, login: { accessToken: 't' } } : options, 0);
  const server = new ServerSession({ ...PLAIN, transport, versions }, 0);
  const subprotocol = websocket ? chooseSubprotocol(subprotocolsFor(client.hello.versions), versions) : undefined;
  client.open(0, subprotocol);
  return { client, server };
}

describe.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('WebSocket %s, grease %s', (websocket, grease) => {
  it('agrees on the highest common version on both sides, and closes without one', () => {
    for (const offered of SETS) {
      for (const versions of SETS) {
        const { client, server } = pair(offered, versions, grease, websocket, false);
        talk({ client, server });
        const version = highestCommon(offered, versions);
        const title = `client ${offered}, server ${versions}`;
        expect([client.agreement?.version, server.agreement?.version], title).toEqual([version, version]);
        if (version !== undefined) {
          expect([client.state, server.state], title).toEqual(['anonymous', 'anonymous']);
        } else {
          expect([client.closeError?.code, server.closeError?.code], title).toEqual(Array(2).fill('NO_COMMON_VERSION'));
          expect([client.closeCode, server.closeCode], title).toEqual([4001, 4001]);
        }
      }
    }
  });

  it('sends LOGIN together with Hello if the version is known, otherwise after the Welcome', () => {
    for (const offered of SETS) {
      for (const versions of SETS) {
        const { client, server } = pair(offered, versions, grease, websocket, true);
        const version = highestCommon(offered, versions);
        const title = `client ${offered}, server ${versions}`;
        const real = offered.filter((one) => one !== 10);
        const settled = websocket ? version !== undefined : real.length === 1;
        // Hello alone, or with LOGIN in the version that is settled.
        const flight = client.takeBytes();
        expect(flight.length, title).toBe(settled ? 2 : 1);
        if (settled) expect(flight[1][4], title).toBe(websocket ? version : real[0]);
        for (const frame of flight) server.receive(frame, 0);
        const [, answer] = talk({ client, server });
        expect(answer, title).toEqual(version === undefined ? ['Reject 1'] : ['Welcome']);
        const logins = server.takeEvents().filter(({ type }) => type === 'login');
        expect(logins.length, title).toBe(version === undefined ? 0 : 1);
        if (version === undefined) {
          expect(events(client).at(-1), title).toBe('closed NO_COMMON_VERSION');
          expect(client.openRequests, title).toBe(0);
          continue;
        }
        server.acceptLogin(1, SENDER, 0);
        const [push] = server.takeBytes();
        expect(push[4], title).toBe(version);
        client.receive(push, 0);
        expect([client.state, server.state], title).toEqual(['authenticated', 'authenticated']);
      }
    }
  });
});

describe('a client', () => {
  it('offers one grease version and one grease feature, and sets one advisory flag of Hello', () => {
    const numbers = [0.3, 0.9, 0.1, 0.6, 0.99];
    const client = new ClientSession({ random: () => numbers.shift() ?? 0, versions: [1] }, 0);
    client.open(0);
    const [hello] = client.takeBytes();
    expect([...hello.subarray(4, 8)]).toEqual([0, 64, 0x80, 0]);
    expect(client.hello.versions).toEqual([1, 42]);
    expect(client.hello.features).toEqual(['sync', 'streams', 'calls', 'grease.1999', 'presence', 'rooms']);
  });

  it('offers none with grease: false', () => {
    const client = new ClientSession({ grease: false }, 0);
    client.open(0);
    expect([client.hello.versions, client.hello.features]).toEqual([
      [1, 2],
      ['sync', 'streams', 'calls', 'presence', 'rooms'],
    ]);
    expect([...client.takeBytes()[0].subarray(4, 8)]).toEqual([0, 64, 0, 0]);
  });

  it.each(['', 'im.v2', 'chat', undefined])(
    'finds a downgrade if the server picked the subprotocol "%s" and welcomes with 1',
    (picked) => {
      const client = new ClientSession({ ...PLAIN, transport: 'websocket', versions: [1, 2] }, 0);
      const server = new ServerSession({ ...PLAIN, versions: [1] }, 0);
      client.open(0, picked);
      for (const frame of client.takeBytes()) server.receive(frame, 0);
      for (const frame of server.takeBytes()) client.receive(frame, 0);
      // It is local: the server is written by the close code alone.
      expect([client.closeError?.code, client.closeCode, client.takeBytes()]).toEqual(['DOWNGRADE_DETECTED', 4006, []]);
    },
  );

  it('gets a COMMAND_CONFLICT if it uses a number for another command', () => {
    const client = new ClientSession({ ...PLAIN, commands: { 1000: 'TYPING' } }, 0);
    const server = new ServerSession({ ...PLAIN, commands: { 1000: 'POLL' } }, 0);
    client.open(0);
    talk({ client, server });
    expect([client.closeError?.code, server.closeError?.code]).toEqual(['COMMAND_CONFLICT', 'COMMAND_CONFLICT']);
  });
});

describe('data after a refused Hello', () => {
  it('is discarded undecoded, in the same chunk or in the next one', () => {
    const { client, server } = pair([2], [1], false, false, true);
    const [hello, login] = client.takeBytes();
    server.receive(new Uint8Array([...hello, ...login, 0x47, 0x45, 0x54]), 0);
    server.receive(login, 0);
    expect(server.takeBytes().map(frameText)).toEqual(['Reject 1']);
    expect(events(server)).toEqual(['closed NO_COMMON_VERSION']);
  });
});

describe('options for which no Welcome is valid', () => {
  it.each([
    ['heartbeatIntervalMs', { heartbeatIntervalMs: 999 }],
    ['maxFrameBytes', { maxFrameBytes: 100 }],
    ['versions', { versions: [] }],
    ['connectionId', { connectionId: 'x'.repeat(65) }],
    ['commands', { commands: { 5: 'X' } }],
  ])('are refused when a server session is made: %s', (_, options) => {
    expect(() => new ServerSession(options, 0)).toThrow(/^\[INVALID_MESSAGE\]/);
  });

  it.each([
    ['versions', { versions: [0] }],
    ['maxFrameBytes', { maxFrameBytes: 100 }],
    ['agent', { agent: 'x'.repeat(257) }],
  ])('are refused when a client session is made: %s', (_, options) => {
    expect(() => new ClientSession(options, 0)).toThrow(/^\[INVALID_MESSAGE\]/);
  });

  it.each([999, 1000, 600_000, 600_001])('an interval of %d ms', (heartbeatIntervalMs) => {
    const create = () => new ServerSession({ heartbeatIntervalMs }, 0);
    if (heartbeatIntervalMs === 999 || heartbeatIntervalMs === 600_001) expect(create).toThrow(/^\[INVALID_MESSAGE\]/);
    else expect(create).not.toThrow();
  });
});
