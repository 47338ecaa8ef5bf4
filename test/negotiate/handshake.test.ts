import { describe, expect, it } from 'vitest';
import {
  answerHello,
  checkReject,
  checkWelcome,
  chooseSubprotocol,
  createHello,
  subprotocolsFor,
} from '../../src/negotiate/index.js';
import { highestCommon, LISTS, SERVER } from './universe.js';

describe('Hello, answer and reading of the answer, for every pair of version lists in every order', () => {
  it('agree on the highest common version on both sides, or tell NO_COMMON_VERSION', () => {
    for (const offered of LISTS) {
      const hello = createHello({ versions: offered });
      for (const versions of LISTS) {
        const answer = answerHello(hello, { ...SERVER, versions });
        const expected = highestCommon(offered, versions);
        if (answer.welcome) {
          expect(answer.welcome).toMatchObject({ version: expected, versions, offeredVersions: offered });
          expect(answer.agreement.version).toBe(expected);
          expect(checkWelcome(hello, answer.welcome)).toEqual(answer.agreement);
        } else {
          expect(expected).toBeUndefined();
          expect(answer.reject).toMatchObject({ code: 1, versions });
          expect(checkReject(hello, answer.reject).code).toBe('NO_COMMON_VERSION');
        }
      }
    }
  });

  it('settle the same version by the WebSocket subprotocol', () => {
    for (const offered of LISTS) {
      const hello = createHello({ versions: offered });
      for (const versions of LISTS) {
        const version = highestCommon(offered, versions);
        const subprotocol = chooseSubprotocol(subprotocolsFor(hello.versions), versions);
        expect(subprotocol).toBe(version === undefined ? 'im' : `im.v${version}`);
        const { welcome } = answerHello(hello, { ...SERVER, versions });
        if (welcome) expect(checkWelcome(hello, welcome, { subprotocol }).version).toBe(version);
      }
    }
  });

  it('gives each side the frame size of the other', () => {
    const hello = createHello({ maxFrameBytes: 20_000 });
    const { welcome, agreement } = answerHello(hello, { ...SERVER, maxFrameBytes: 40_000 });
    expect(agreement?.maxFrameBytes).toBe(20_000);
    expect(checkWelcome(hello, welcome!).maxFrameBytes).toBe(40_000);
  });

  it('reads a frame size of 0 as 1048576', () => {
    const hello = createHello();
    const { welcome, agreement } = answerHello(hello, SERVER);
    expect([hello.maxFrameBytes, welcome?.maxFrameBytes]).toEqual([0, 0]);
    expect(agreement?.maxFrameBytes).toBe(1_048_576);
    expect(checkWelcome(hello, welcome!).maxFrameBytes).toBe(1_048_576);
  });

  it('carries the heartbeat interval, the time and the id of the connection to the client', () => {
    const hello = createHello();
    const { welcome } = answerHello(hello, {
      versions: [1],
      serverTimeMs: 253_402_300_799_999n,
      heartbeatIntervalMs: 1000,
      connectionId: 'gate-3/17',
    });
    expect(checkWelcome(hello, welcome!)).toEqual({
      version: 1,
      features: [],
      maxFrameBytes: 1_048_576,
      heartbeatIntervalMs: 1000,
      serverTimeMs: 253_402_300_799_999n,
      connectionId: 'gate-3/17',
    });
  });
});
