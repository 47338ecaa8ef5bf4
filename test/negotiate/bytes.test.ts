import { describe, expect, it } from 'vitest';
import { Hello, Reject, Welcome } from '../../generated/im/protocol/v1/handshake.codec.js';
import { HANDSHAKE_MAX_FRAME_BYTES, HEADER_BYTES } from '../../src/limits.js';
import { answerHello, checkReject, checkWelcome, createHello, createReject } from '../../src/negotiate/index.js';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
}

/** versions 1; the digests of the nine commands. */
const HELLO = bytes(`
  0a 01 01
  2a 07 08 01 15 a0 09 5c 5d
  2a 07 08 02 15 36 f3 bf 4e
  2a 07 08 03 15 3c 96 d3 7b
  2a 07 08 04 15 6e da df dd
  2a 07 08 05 15 c0 04 87 ef
  2a 07 08 06 15 87 54 90 48
  2a 07 08 07 15 c7 ec 02 ce
  2a 07 08 08 15 c1 7e 89 aa
  2a 07 08 09 15 91 b1 d2 cb
`);

/** version 1, a heartbeat every 30000 ms, time 5, connection c-1, the server takes 1 and 2, the client offered 1. */
const WELCOME = bytes('08 01 20 b0 ea 01 28 05 32 03 63 2d 31 3a 02 01 02 42 01 01');

/** NO_COMMON_VERSION, "no", the server takes 2 and 3. */
const REJECT = bytes('08 01 12 02 6e 6f 1a 02 02 03');

const OPTIONS = { versions: [1, 2], serverTimeMs: 5n, connectionId: 'c-1' };

/** The Hello of a release that knows version 1 alone: it has nine commands. */
const OLD_HELLO = (() => {
  const hello = createHello({ versions: [1] });
  return { ...hello, commandDigests: new Map([...hello.commandDigests].slice(0, 9)) };
})();

describe('the handshake in bytes', () => {
  it('begins with this Hello', () => {
    expect(Hello.encode(OLD_HELLO)).toEqual(HELLO);
  });

  it('goes on with this Welcome', () => {
    const { welcome } = answerHello(Hello.decode(HELLO), OPTIONS);
    expect(Welcome.encode(welcome!)).toEqual(WELCOME);
    expect(checkWelcome(OLD_HELLO, Welcome.decode(WELCOME))).toMatchObject({
      version: 1,
      connectionId: 'c-1',
      serverTimeMs: 5n,
    });
  });

  it('or ends with this Reject', () => {
    expect(Reject.encode(createReject('NO_COMMON_VERSION', { message: 'no', versions: [2, 3] }))).toEqual(REJECT);
    expect(checkReject(OLD_HELLO, Reject.decode(REJECT)).code).toBe('NO_COMMON_VERSION');
  });

  it('reads what a later release adds, and passes over it', () => {
    // Field 100, a string "new", behind each of the three.
    const added = bytes('a2 06 03 6e 65 77');
    const { welcome } = answerHello(Hello.decode(new Uint8Array([...HELLO, ...added])), OPTIONS);
    expect(Welcome.encode(welcome!)).toEqual(WELCOME);
    expect(checkWelcome(OLD_HELLO, Welcome.decode(new Uint8Array([...WELCOME, ...added]))).version).toBe(1);
    expect(checkReject(OLD_HELLO, Reject.decode(new Uint8Array([...REJECT, ...added]))).code).toBe('NO_COMMON_VERSION');
  });
});

describe('the largest handshake that the rules allow', () => {
  const list = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i);
  const versions = list(32, 96);
  const features = list(32).map((n) => `f${n}`.padEnd(64, 'x'));
  const largest = HANDSHAKE_MAX_FRAME_BYTES - HEADER_BYTES;

  it('fits into its frames, with room for fields to come', () => {
    const commands = Object.fromEntries(list(488, 2_147_483_000).map((number) => [number, `C${number}`]));
    const hello = createHello({ versions, features, maxFrameBytes: 16_777_219, agent: '即'.repeat(85), commands });
    expect(Hello.encode(hello).length).toBeLessThan(largest);
    const server = {
      versions,
      features,
      maxFrameBytes: 16_777_219,
      heartbeatIntervalMs: 600_000,
      serverTimeMs: 253_402_300_799_999n,
    };
    const { welcome } = answerHello(hello, { ...server, connectionId: 'c'.repeat(64) });
    expect(welcome?.features).toHaveLength(32);
    expect(Welcome.encode(welcome!).length).toBeLessThan(largest);
    const reject = createReject('OVERLOADED', { message: 'x'.repeat(512), versions, retryAfterMs: 86_400_000 });
    expect(Reject.encode(reject).length).toBeLessThan(largest);
  });
});
