// What a session holds: one below each bound, at it, and above; and how a driver of one's own sees it.
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import type { Deflate } from '../../src/frame/deflate.js';
import { ServerSession, type Session } from '../../src/session/index.js';
import { hex } from '../frame/hex.js';
import { keptMemory } from '../kept-memory.js';
import { helloWith, welcomeWith } from '../negotiate/universe.js';
import { SENDER } from './alphabet.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const MIB = 1_048_576;
/** A push of the application, of 11 bytes. */
const PUSH = hex('00 00 00 07 01 07 00 00 08 e8 07');
const repeat = (bytes: Uint8Array, count: number): Uint8Array => Buffer.concat(new Array<Uint8Array>(count).fill(bytes));

/** A push of the application whose frame has this size. */
function pushOf(frameBytes: number): Uint8Array {
  const frame = (size: number) =>
    encodeFrame(
      'SendInfo',
      { cmd: 1000, data: { $case: 'custom', value: { typeUrl: 'a/b', value: new Uint8Array(size) } } },
      { maxFrameBytes: 16_777_219 },
    );
  return frame(frameBytes - (frame(frameBytes).length - frameBytes));
}

/** The numbers of events of each round of a driver. */
function rounds(session: Session): number[] {
  const counts: number[] = [];
  do counts.push(session.takeEvents().length);
  while (session.readMore(0));
  return counts;
}

describe.each([
  ['server', stages.server],
  ['client', stages.client],
] as [string, (options?: object) => Session][])('a %s', (side, create) => {
  it.each([
    [2047, [2047]],
    [2048, [2048]],
    [2049, [2048, 1]],
    [5000, [2048, 2048, 904]],
  ])('decodes 2048 frames ahead: %i', (count, expected) => {
    const session = create();
    session.receive(repeat(PUSH, count), 0);
    expect(rounds(session)).toEqual(expected);
  });

  it.each([
    [262_143, [2]],
    [262_144, [1, 1]],
    [262_145, [1, 1]],
  ])('decodes 262144 bytes ahead: a frame of %i, and another', (frameBytes, expected) => {
    const session = create();
    const first = pushOf(frameBytes);
    expect(first.length).toBe(frameBytes);
    session.receive(Buffer.concat([first, PUSH]), 0);
    expect(session.undecodedBytes).toBe(expected.length === 1 ? 0 : PUSH.length);
    expect(rounds(session)).toEqual(expected);
  });

  function compressing(deflate: Deflate): Session {
    if (side === 'client') {
      const client = stages.negotiatingClient({ deflate });
      const welcome = welcomeWith({ heartbeatIntervalMs: 30_000, features: ['deflate'] });
      client.receive(Buffer.concat([encodeFrame('Welcome', welcome), stages.SESSION]), 0);
      return stages.silent(client);
    }
    const server = new ServerSession({ ...stages.PLAIN, deflate }, 0);
    server.receive(Buffer.concat([encodeFrame('Hello', helloWith({ features: ['deflate'] })), stages.LOGIN]), 0);
    server.acceptLogin(1, { ...SENDER, sessionId: 's' }, 0);
    return stages.silent(server);
  }

  it('bytes count after inflating, and nothing is inflated before its turn', () => {
    let inflated = 0;
    const deflate: Deflate = {
      deflate: () => Uint8Array.of(0),
      inflate() {
        inflated += 1;
        return pushOf(300_000).slice(8);
      },
    };
    const session = compressing(deflate);
    session.receive(repeat(hex('00 00 00 05 01 07 00 01 00'), 10), 0);
    expect(inflated).toBe(1);
    expect(session.readMore(0)).toBe(false);
    expect(session.takeEvents().map((event) => event.type === 'message' && event.bytes)).toEqual([300_000]);
    expect([session.readMore(0), inflated]).toEqual([true, 2]);
  });

  it('frames without events count as well, so that a driver can run', () => {
    const session = create();
    session.receive(repeat(hex('00 00 00 07 01 07 00 02 08 f4 03'), 5000), 0);
    expect(session.undecodedBytes).toBe((5000 - 2048) * 11);
    expect(rounds(session)).toEqual([0, 0, 0]);
  });

  it('undecoded data stays in order, also for frames that span chunks', () => {
    const session = create();
    const all = Buffer.concat(Array.from({ length: 6000 }, (_unused, i) => encodeFrame('SendInfo', { cmd: 1000 + i })));
    for (let at = 0; at < all.length; at += 977) session.receive(all.subarray(at, at + 977), 0);
    const seen: string[] = [];
    do seen.push(...events(session));
    while (session.readMore(0));
    expect(seen).toEqual(Array.from({ length: 6000 }, (_unused, i) => `message ${1000 + i} 0`));
  });

  it('8388608 undecoded bytes plus one chunk are accepted; a peer that continues to send is a SLOW_CONSUMER', () => {
    for (const [more, isOpen] of [
      [0, true],
      [1, false],
    ] as const) {
      const session = create();
      session.pause(0);
      session.receive(new Uint8Array(8_388_608 + more), 0);
      session.receive(PUSH, 0);
      expect(session.state === 'closed').toBe(!isOpen);
      if (!isOpen) expect(session.closeError?.message).toBe('[SLOW_CONSUMER] 8388609 bytes wait to be decoded, limit 8388608');
    }
  });

  it('65536 undecoded chunks are accepted, the next one is refused', () => {
    const session = create();
    session.pause(0);
    const { bytes } = keptMemory(() => {
      for (let i = 0; i < 65_536; i++) session.receive(PUSH.slice(), 0);
    });
    expect(session.state).toBe('authenticated');
    expect(bytes).toBeLessThan(20 * MIB);
    session.receive(PUSH, 0);
    expect(session.closeError?.message).toBe('[SLOW_CONSUMER] 65537 chunks wait to be decoded, limit 65536');
    expect(session.undecodedBytes).toBe(0);
    expect(written(session)).toEqual(['ERROR 39 0']);
  });

  it('32768 queued frames are accepted, the next one is refused', () => {
    const session = create({ maxQueuedBytes: 16 * MIB });
    for (let i = 0; i < 32_768; i++) session.push({ cmd: 1000 }, 0);
    expect(session.state).toBe('authenticated');
    session.push({ cmd: 1000 }, 0);
    expect(session.closeError?.message).toBe('[SLOW_CONSUMER] 32769 frames wait to be written, limit 32768');
  });

  it('decodes nothing and runs no idle timer while it is paused', () => {
    const session = create();
    session.receive(repeat(PUSH, 3000), 0);
    session.pause(0);
    session.receive(PUSH, 0);
    expect([events(session).length, session.readMore(0), session.isPaused]).toEqual([2048, false, true]);
    for (let nowMs = 30_000; nowMs <= 600_000; nowMs += 30_000) session.tick(nowMs);
    expect(session.state).toBe('authenticated');
    session.takeEvents();
    session.resume(600_000);
    expect([session.readMore(600_000), events(session).length]).toEqual([true, 953]);
    session.tick(600_000 + 75_000);
    expect(session.closeError?.code).toBe('IDLE_TIMEOUT');
  });

  it('undecoded data is dropped when the transport ends, and the end is not TRUNCATED', () => {
    const session = create();
    session.receive(repeat(PUSH, 3000).subarray(0, 32_990), 0);
    session.end(0);
    expect([session.closeError?.code, session.undecodedBytes, session.readMore(0)]).toEqual(['CLOSED', 0, false]);
    expect(events(session).length).toBe(2049);
  });
});

it('a WebSocket message that ends inside a frame is TRUNCATED when its turn comes', () => {
  const session = stages.server({ transport: 'websocket' });
  session.receive(Buffer.concat([repeat(PUSH, 2048), PUSH.subarray(0, 5)]), 0);
  session.receive(PUSH, 0);
  expect(session.state).toBe('authenticated');
  expect(rounds(session)).toEqual([2048, 1]);
  expect(session.closeError?.code).toBe('TRUNCATED');
});

it('an empty message of WebSocket leaves nothing undecoded that would suspend the deadlines', () => {
  const session = new ServerSession({ transport: 'websocket' }, 0);
  session.pause(0);
  session.receive(new Uint8Array(0), 0);
  session.resume(0);
  expect([session.readMore(0), session.undecodedBytes, Number.isFinite(session.nextDeadlineMs)]).toEqual([false, 0, true]);
});
