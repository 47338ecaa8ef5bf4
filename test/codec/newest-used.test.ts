// Encoders search a message for what is newer than version 1 only if its estimate has marked it. The search by the table is the oracle: with
// and without it, each frame gets the same version or the same error.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Command, ReceiveInfo, SendInfo, SendResult, Terminal, TopicMessage } from '../../generated/models.js';
import { REGISTRY } from '../../generated/registry.js';
import { createEncodeFrame } from '../../src/codec/encode-frame.js';
import { FrameEncoder } from '../../src/codec/frame-encoder.js';
import { assertWritable, lowestVersion } from '../../src/codec/lossy-downgrade.js';
import { isProtocolError } from '../../src/errors.js';
import type { MessageMap, Registry } from '../../src/wire/codec.js';
import { newerMarks } from '../../src/wire/newer.js';
import { messages } from '../arbitrary.js';
import { Later, Latest, Newer } from '../fixtures/generated/models.js';
import { REGISTRY as FIXTURES } from '../fixtures/generated/registry.js';
import { SEED } from '../seed.js';

const entry = <Name extends string, C>(name: Name, type: number, codec: C) => ({ name, type, handshake: false, codec });
/** Messages with everything that may be newer, of versions 1 to 3. */
const NEWER = {
  version: 3,
  frames: { Newer: entry('Newer', 1, Newer), Later: entry('Later', 2, Later), Latest: entry('Latest', 3, Latest) },
};
const REGISTRIES = [REGISTRY, FIXTURES, NEWER] as unknown as Registry<MessageMap>[];
const CASES = REGISTRIES.flatMap((registry) =>
  Object.values(registry.frames)
    .filter(({ handshake }) => !handshake)
    .map((frame) => ({ name: frame.codec.generated.table.name, registry, frame })),
);

/** A copy without most or some of what is set, so that not every message has something newer. */
function thinned(value: unknown, random: () => number, dropped: number): unknown {
  if (Array.isArray(value)) return value.map((item) => thinned(item, random, dropped));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, thinned(item, random, dropped)]));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if ('$case' in value) return { ...value, value: thinned((value as { value?: unknown }).value, random, dropped) };
  const kept = Object.entries(value).filter(() => random() >= dropped);
  return Object.fromEntries(kept.map(([key, item]) => [key, thinned(item, random, dropped)]));
}

const thinMessages = (table: Parameters<typeof messages>[0]) =>
  fc
    .tuple(messages(table), fc.constantFrom(0, 0.5, 0.8, 0.95), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })))
    .map(([message, dropped, stream]) => thinned(message, () => stream.next().value as number, dropped) as object);

/** The version of a frame, or the error. */
function outcome(run: () => number | undefined): unknown {
  try {
    return run();
  } catch (error) {
    if (isProtocolError(error, 'LOSSY_DOWNGRADE')) return [error.message, error.path, error.limit, error.actual];
    throw error;
  }
}

describe(`the version of random messages is that which the search finds, seed ${SEED}`, () => {
  it.each(CASES)('$name', ({ registry, frame }) => {
    const encodeFrame = createEncodeFrame(registry);
    const { table } = frame.codec.generated;
    const versions = new Set<number>();
    fc.assert(
      fc.property(thinMessages(table), fc.constantFrom(1, 2, 3, 127), (message, version) => {
        // A random text may have a lone surrogate, which no encoder accepts.
        const lowest = lowestVersion(table, message);
        versions.add(lowest);
        expect(outcome(() => encodeFrame(frame.name, message, { validate: false, maxFrameBytes: 1e9 })[4])).toBe(lowest);
        const expected = outcome(() => {
          assertWritable(table, message, version);
          return version;
        });
        expect(outcome(() => encodeFrame(frame.name, message, { validate: false, version, maxFrameBytes: 1e9 })[4])).toEqual(
          expected,
        );
      }),
      { seed: SEED, numRuns: 150 },
    );
    // Each message was seen with and without something newer, if both exist.
    const { since = 1, newest = since } = table;
    expect([Math.min(...versions), Math.max(...versions)]).toEqual([since, Math.max(since, newest)]);
  });
});

const encodeFrame = createEncodeFrame(REGISTRY);
const content = { clientMessageId: 'a', body: { $case: 'text' as const, value: { text: 'x' } } };
const read = { $case: 'read' as const, value: {} };

/** Number of marks that an encoder sets. */
function marksOf(run: () => void): number {
  const before = newerMarks();
  run();
  return newerMarks() - before;
}

test('messages of version 1 are not marked, whether made by an application or decoded, with ignorable data of version 2 too', () => {
  const sender = { userId: 1n, terminal: Terminal.APP };
  const quoting = { ...content, quote: { messageId: 1n, senderId: 1n }, seq: 5n };
  const chat = {
    cmd: Command.PRIVATE_MESSAGE,
    data: { $case: 'privateMessage' as const, value: { sender, receiverId: 2n, content: quoting } },
  };
  expect(marksOf(() => encodeFrame('SendInfo', chat))).toBe(0);
  expect(marksOf(() => encodeFrame('SendInfo', SendInfo.create(chat)))).toBe(0);
  for (const [name, codec] of Object.entries({ ReceiveInfo, SendResult, TopicMessage })) {
    const decoded = codec.decode(new Uint8Array(0));
    expect(marksOf(() => encodeFrame(name as 'ReceiveInfo', decoded as ReceiveInfo, { validate: false }))).toBe(0);
  }
});

test('a getter that encodes another message changes nothing for the message around it', () => {
  const message = {
    cmd: Command.READ,
    get data() {
      expect(encodeFrame('HeartbeatInfo', {})[4]).toBe(1);
      expect(() => encodeFrame('HeartbeatInfo', { sentAtMs: -1n })).toThrow('INVALID_MESSAGE');
      return read;
    },
  };
  expect(encodeFrame('SendInfo', message, { validate: false })[4]).toBe(2);
  expect(() => encodeFrame('SendInfo', message, { validate: false, version: 1 })).toThrow('LOSSY_DOWNGRADE');
  const newer = {
    get sentAtMs() {
      expect(encodeFrame('SendInfo', { cmd: Command.READ, data: read }, { validate: false })[4]).toBe(2);
      return 1n;
    },
  };
  expect(encodeFrame('HeartbeatInfo', newer)[4]).toBe(1);
});

test('what one message has does not count for the next', () => {
  const encoder = new FrameEncoder({ validate: false });
  const versions: number[] = [];
  for (const name of ['v2', 'v1', 'v2', 'invalid', 'v1'] as const) {
    if (name === 'invalid') {
      expect(() => encoder.push('SendInfo', { cmd: Command.READ, data: { ...read, value: null as never } })).toThrow(
        'INVALID_MESSAGE',
      );
      continue;
    }
    encoder.push('SendInfo', name === 'v2' ? { cmd: Command.READ, data: read } : { cmd: Command.HEARTBEAT });
    versions.push(encoder.take()[4] as number);
  }
  expect(versions).toEqual([2, 1, 2, 1]);
});

test('a value of another type is refused as before, wherever something newer may be', () => {
  const hostile = Object.create(null) as never;
  for (const message of [{ cmd: hostile }, { cmd: Symbol('x') as never }, { cmd: '12' as never }]) {
    expect(() => encodeFrame('SendInfo', message)).toThrow('INVALID_MESSAGE');
  }
  for (const message of [{ connectionId: hostile }, { replyTo: hostile }, { audience: null as never }]) {
    expect(() => encodeFrame('ReceiveInfo', message)).toThrow('INVALID_MESSAGE');
  }
});
