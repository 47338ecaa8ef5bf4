// How large frames may be, at each stage, one byte below, at and above.
import { describe, expect, it } from 'vitest';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { createDeflate } from '../../src/node/deflate.js';
import { ClientSession, ServerSession, type Session } from '../../src/session/index.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { join } from '../frame/hex.js';
import { helloWith, welcomeWith } from '../negotiate/universe.js';
import { thrownBy } from '../thrown-by.js';
import { SENDER } from './alphabet.js';
import { padded } from './sizes.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

const PUSH = encodeFrame('SendInfo', { cmd: 1000 });
const tooLarge = { written: ['ERROR 18 0'], events: ['closed FRAME_TOO_LARGE'] };

/** What a session does with a frame. */
function taken(session: Session, frame: Uint8Array): { written: string[]; events: string[] } {
  session.receive(frame, 1);
  return { written: written(session), events: events(session) };
}

describe('a server', () => {
  it.each([16_383, 16_384])('accepts a Hello of %d bytes', (size) => {
    expect(taken(new ServerSession({}, 0), padded(stages.HELLO, size))).toEqual({ written: ['Welcome'], events: ['negotiated'] });
  });

  it('rejects a Hello of 16385 bytes', () => {
    const outcome = { written: ['Reject 3'], events: ['closed MALFORMED_HELLO'] };
    expect(taken(new ServerSession({}, 0), padded(stages.HELLO, 16_385))).toEqual(outcome);
  });

  it.each([16_383, 16_384])('accepts a LOGIN of %d bytes', (size) => {
    expect(taken(stages.anonymousServer(), padded(stages.LOGIN, size))).toEqual({ written: [], events: ['login 1'] });
  });

  it('refuses a LOGIN of 16385 bytes, although it announced a higher limit for later', () => {
    expect(taken(stages.anonymousServer({ maxFrameBytes: 1_000_000 }), padded(stages.LOGIN, 16_385))).toEqual(tooLarge);
  });

  it('keeps this limit while a LOGIN waits for its answer', () => {
    const session = stages.anonymousServer();
    session.receive(stages.LOGIN, 0);
    stages.silent(session);
    expect(taken(session, padded(PUSH, 16_385))).toEqual({ written: ['ERROR 18 0'], events: ['closed FRAME_TOO_LARGE'] });
  });

  it.each([20_000, 1_048_576, 16_777_219])(
    'accepts frames up to the announced limit once LOGIN is accepted: %d bytes',
    (maxFrameBytes) => {
      const pushed = { written: [], events: ['message 1000 0'] };
      expect(taken(stages.server({ maxFrameBytes }), padded(PUSH, maxFrameBytes - 1))).toEqual(pushed);
      expect(taken(stages.server({ maxFrameBytes }), padded(PUSH, maxFrameBytes))).toEqual(pushed);
      if (maxFrameBytes === 16_777_219) return;
      expect(taken(stages.server({ maxFrameBytes }), padded(PUSH, maxFrameBytes + 1))).toEqual(tooLarge);
    },
  );

  it('accepts 1048576 bytes if it announced nothing', () => {
    expect(taken(stages.server(), padded(PUSH, 1_048_576)).events).toEqual(['message 1000 0']);
    expect(taken(stages.server(), padded(PUSH, 1_048_577))).toEqual(tooLarge);
  });
});

describe('a client', () => {
  it.each([16_383, 16_384])('accepts a Welcome of %d bytes', (size) => {
    const outcome = { written: [], events: ['negotiated'] };
    expect(taken(stages.negotiatingClient(), padded(stages.WELCOME, size))).toEqual(outcome);
  });

  it('refuses a Welcome of 16385 bytes', () => {
    const outcome = { written: [], events: ['failed 1 FRAME_TOO_LARGE', 'closed FRAME_TOO_LARGE'] };
    expect(taken(stages.negotiatingClient(), padded(stages.WELCOME, 16_385))).toEqual(outcome);
  });

  it('accepts frames up to the announced limit from the first frame after the Welcome', () => {
    for (const size of [19_999, 20_000]) {
      const session = stages.negotiatingClient({ maxFrameBytes: 20_000 });
      expect(taken(session, join(stages.WELCOME, padded(stages.SESSION, size))).events).toContain('authenticated');
    }
    const session = stages.negotiatingClient({ maxFrameBytes: 20_000 });
    const outcome = taken(session, join(stages.WELCOME, padded(stages.SESSION, 20_001)));
    expect(outcome.events).toEqual(['negotiated', 'failed 1 FRAME_TOO_LARGE', 'closed FRAME_TOO_LARGE']);
  });

  it('sends no LOGIN that a server would refuse for its size, but may renew the token with it', () => {
    // What keeps the rules always has room; only fields that nobody knows make a LOGIN larger.
    const large = { accessToken: 't', [UNKNOWN_FIELDS]: padded(new Uint8Array(8), 20_000).subarray(8) };
    const session = stages.anonymousClient();
    expect(thrownBy(() => session.login(large, 0)).code).toBe('FRAME_TOO_LARGE');
    expect(thrownBy(() => new ClientSession({ login: large }, 0)).code).toBe('FRAME_TOO_LARGE');
    session.receive(stages.SESSION, 0);
    expect(session.login(large, 0)).toBe(2);
  });
});

describe('the limit that the peer announced', () => {
  const hello = encodeFrame('Hello', helloWith({ maxFrameBytes: 16_384 }));
  const content = (bytes: number) => ({ body: { $case: 'text', value: { text: 'x'.repeat(bytes) } } }) as const;
  const message = (bytes: number) => ({ cmd: 6, data: { $case: 'systemMessage', value: { content: content(bytes) } } }) as const;

  function session(): ServerSession {
    const server = new ServerSession(stages.PLAIN, 0);
    server.receive(hello, 0);
    server.receive(stages.LOGIN, 0);
    server.acceptLogin(1, SENDER, 0);
    return stages.silent(server);
  }

  it('is not exceeded by a sent message: it is refused, and the connection stays open', () => {
    const server = session();
    // 8 of header, 2 of cmd, and 5, 4 and 4 around the text.
    const overhead = encodeFrame('SendInfo', message(16_000)).length - 16_000;
    server.push(message(16_384 - overhead), 0);
    expect(server.takeBytes()[0]).toHaveLength(16_384);
    const error = thrownBy(() => server.push(message(16_385 - overhead), 0));
    expect(error.message).toBe('[FRAME_TOO_LARGE] frame of 16385 bytes, limit 16384');
    expect(thrownBy(() => server.request(message(16_385 - overhead), 0)).code).toBe('FRAME_TOO_LARGE');
    expect([server.state, server.openRequests, written(server)]).toEqual(['authenticated', 0, []]);
  });

  it('is not exceeded by a forwarded message: TOO_LARGE', () => {
    const server = session();
    expect(server.pushFrame(padded(PUSH, 16_383), 0)).toBe(SendCode.SUCCESS);
    expect(server.pushFrame(padded(PUSH, 16_384), 0)).toBe(SendCode.SUCCESS);
    expect(server.pushFrame(padded(PUSH, 16_385), 0)).toBe(SendCode.TOO_LARGE);
    expect(server.takeBytes()).toHaveLength(2);
  });

  it('applies on the client as well: 0 means 1048576', () => {
    const client = stages.negotiatingClient();
    client.receive(encodeFrame('Welcome', welcomeWith({ maxFrameBytes: 0 })), 0);
    expect(client.agreement?.maxFrameBytes).toBe(1_048_576);
  });
});

describe('a WebSocket message', () => {
  const one = padded(PUSH, 10_000);

  it.each([9999, 10_000])('contains complete frames up to the limit of a frame: with a second frame of %d bytes', (size) => {
    const session = stages.server({ transport: 'websocket', maxFrameBytes: 20_000 });
    expect(taken(session, join(one, padded(PUSH, size))).events).toEqual(['message 1000 0', 'message 1000 0']);
  });

  it('above the limit of a frame is refused, although each frame is small enough', () => {
    const session = stages.server({ transport: 'websocket', maxFrameBytes: 20_000 });
    expect(taken(session, join(one, padded(PUSH, 10_001)))).toEqual(tooLarge);
    expect(session.closeError?.message).toBe('[FRAME_TOO_LARGE] a WebSocket message of 20001 bytes, limit 20000');
  });

  it('that ends inside a frame is TRUNCATED, after its complete frames', () => {
    const session = stages.server({ transport: 'websocket' });
    const outcome = { written: [], events: ['message 1000 0', 'closed TRUNCATED'] };
    expect(taken(session, join(PUSH, PUSH.subarray(0, 7)))).toEqual(outcome);
    expect(session.closeCode).toBe(4019);
  });

  it('may have the same size before LOGIN, in small frames', () => {
    const heartbeat = encodeFrame('SendInfo', { cmd: 2, data: { $case: 'heartbeat', value: {} } });
    const session = stages.anonymousServer({ transport: 'websocket', maxFrameBytes: 20_000 });
    expect(taken(session, join(padded(heartbeat, 10_000), padded(heartbeat, 10_000)))).toEqual({ written: [], events: [] });
  });

  it('to the peer may have the size that the peer announced, and 16384 bytes before that is known', () => {
    const session = new ServerSession(stages.PLAIN, 0);
    expect(session.maxMessageBytes).toBe(16_384);
    session.receive(encodeFrame('Hello', helloWith({ maxFrameBytes: 20_000 })), 0);
    expect(session.maxMessageBytes).toBe(20_000);
  });

  it('without a byte is ignored', () => {
    const session = stages.server({ transport: 'websocket' });
    expect(taken(session, new Uint8Array())).toEqual({ written: [], events: [] });
    expect(session.state).toBe('authenticated');
  });
});

describe('a compressed frame', () => {
  const deflate = createDeflate();

  function compressing(maxFrameBytes: number): ServerSession {
    const server = new ServerSession({ ...stages.PLAIN, deflate, maxFrameBytes }, 0);
    server.receive(encodeFrame('Hello', helloWith({ features: ['deflate'] })), 0);
    server.receive(stages.LOGIN, 0);
    server.acceptLogin(1, SENDER, 0);
    return stages.silent(server);
  }

  function compressed(size: number): Uint8Array {
    const payload = deflate.deflate(padded(PUSH, size).subarray(8));
    return join(Uint8Array.of(0, 0, (payload.length + 4) >> 8, (payload.length + 4) & 0xff, 1, 7, 0, 1), payload);
  }

  it('is limited by its inflated size', () => {
    expect(taken(compressing(20_000), compressed(20_000)).events).toEqual(['message 1000 0']);
    const outcome = { written: ['ERROR 28 0'], events: ['closed DECOMPRESSED_TOO_LARGE'] };
    expect(taken(compressing(20_000), compressed(20_001))).toEqual(outcome);
  });

  it('is sent from 1024 bytes on if both sides support deflate', () => {
    const server = compressing(0);
    const text = (length: number) =>
      ({
        cmd: 6,
        data: { $case: 'systemMessage', value: { content: { body: { $case: 'text', value: { text: 'x'.repeat(length) } } } } },
      }) as const;
    const overhead = encodeFrame('SendInfo', text(1000)).length - 1000;
    server.push(text(1023 - overhead), 0);
    server.push(text(1024 - overhead), 0);
    const [small, large] = server.takeBytes();
    expect([small.length, small[7]]).toEqual([1023, 0]);
    expect([large.length < 100, large[7]]).toEqual([true, 1]);
  });

  it('is never sent if only one side supports deflate', () => {
    const server = new ServerSession({ ...stages.PLAIN, features: ['deflate'] }, 0);
    server.receive(encodeFrame('Hello', helloWith({ features: ['deflate'] })), 0);
    expect(server.agreement?.features).toEqual([]);
  });
});
