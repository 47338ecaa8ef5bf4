// What an encoder returns is the caller's own: nothing that is encoded later changes it, however the encoders share memory.
import { expect, test } from 'vitest';
import { HeartbeatInfo, TextContent } from '../../generated/models.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex, sameBytes } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

type Init = Parameters<typeof AllTypes.encode>[0];

test('results of earlier encodes never change, small and large', () => {
  const sizes = [0, 1, 10, 100, 1000, 5000, 5451, 5452, 5453, 16_000, 16_384, 22_000, 65_536, 100_000, 400_000];
  const results: { bytes: Uint8Array; copy: Uint8Array }[] = [];
  for (let round = 0; round < 12; round++) {
    for (const size of sizes) {
      const text = String.fromCharCode(97 + round).repeat(size);
      for (const bytes of [
        TextContent.encode({ text }),
        encodeFrame('TopicMessage', { topic: 't', keys: [text] }, { validate: false }),
      ]) {
        results.push({ bytes, copy: bytes.slice() });
      }
    }
  }
  for (const { bytes, copy } of results) expect(sameBytes(bytes, copy)).toBe(true);
});

test('results that are written to do not change later ones', () => {
  const first = HeartbeatInfo.encode({ sentAtMs: 1n });
  first.fill(0xff);
  expect(HeartbeatInfo.encode({ sentAtMs: 2n })).toEqual(hex('08 02'));
  const large = TextContent.encode({ text: 'a'.repeat(50_000) });
  large.fill(0xff);
  expect(TextContent.decode(TextContent.encode({ text: 'b'.repeat(50_000) })).text).toBe('b'.repeat(50_000));
});

test('a result has the size of what was written, and a large one pins nothing but itself', () => {
  const small = HeartbeatInfo.encode({ sentAtMs: 1n });
  expect(small.length).toBe(2);
  expect(small.buffer.byteLength).toBeLessThanOrEqual(65_536);
  const large = TextContent.encode({ text: 'a'.repeat(50_000) });
  expect(large.length).toBe(50_004);
  expect(large.buffer.byteLength).toBe(50_004);
  expect(Object.getPrototypeOf(small)).toBe(Uint8Array.prototype);
  expect(Object.getPrototypeOf(large)).toBe(Uint8Array.prototype);
});

test('after an encode that throws, in either pass, the next is right', () => {
  const kept = HeartbeatInfo.encode({ sentAtMs: 5n });
  const wrong: object[] = [
    { unknown: 1 },
    { stringField: 5 },
    { stringField: 'a', int32Field: 1.5 },
    { stringField: 'a'.repeat(30_000), largestNumber: 2 ** 31 },
    {
      get int32Field(): number {
        throw new Error('a getter of the caller');
      },
    },
  ];
  for (const init of wrong) {
    expect(() => AllTypes.encode(init as Init)).toThrow();
    expect(HeartbeatInfo.encode({ sentAtMs: 2n })).toEqual(hex('08 02'));
    expect(TextContent.encode({ text: 'a'.repeat(6000) }).length).toBe(6003);
  }
  expect(kept).toEqual(hex('08 05'));
});

test('an error that a getter throws reaches the caller as it is', () => {
  const error = new Error('a getter of the caller');
  const init = {
    get text(): string {
      throw error;
    },
  };
  expect(() => TextContent.encode(init)).toThrow(error);
});

test('an encode that is re-entered from a getter leaves both results right', () => {
  for (const size of [10, 5000, 30_000]) {
    const texts: Uint8Array[] = [];
    const messages: Uint8Array[] = [];
    const heartbeats: Uint8Array[] = [];
    const outer = AllTypes.encode({
      get stringField() {
        texts.push(TextContent.encode({ text: 'i'.repeat(size) }));
        return 'o'.repeat(size);
      },
      get messageField() {
        messages.push(AllTypes.encode({ messageField: { name: 'j'.repeat(size) } }));
        return { name: 'p'.repeat(size) };
      },
      get optionalString() {
        heartbeats.push(HeartbeatInfo.encode({ sentAtMs: 3n }));
        return 'q';
      },
    });
    const read = AllTypes.decode(outer);
    expect([read.stringField, read.messageField?.name, read.optionalString]).toEqual(['o'.repeat(size), 'p'.repeat(size), 'q']);
    const reads = readsBy(TextContent.encode);
    expect([texts.length, messages.length, heartbeats.length]).toEqual([reads, reads, reads]);
    for (const bytes of texts) expect(TextContent.decode(bytes).text).toBe('i'.repeat(size));
    for (const bytes of messages) expect(AllTypes.decode(bytes).messageField?.name).toBe('j'.repeat(size));
    for (const bytes of heartbeats) expect(bytes).toEqual(hex('08 03'));
  }
});

/** How often a function reads a property. */
function readsBy(encode: (message: { readonly text: string }) => unknown): number {
  let reads = 0;
  encode({
    get text() {
      reads++;
      return '';
    },
  });
  return reads;
}

/** Generated code reads a message once more when it writes it. Plans write what they read first. */
const hasSecondPass = (): boolean => readsBy(TextContent.encode) > readsBy(TextContent.generated.estimate);

/** A getter that returns another text in the second pass. */
const changing = (first: string, then: string): { readonly text: string } => {
  const before = readsBy(TextContent.generated.estimate);
  let reads = 0;
  return {
    get text() {
      return ++reads <= before ? first : then;
    },
  };
};

test('a message that grows while it is encoded harms nobody: it is written whole, or refused', () => {
  const kept = Array.from({ length: 50 }, (_, i) => HeartbeatInfo.encode({ sentAtMs: BigInt(i + 1) }));
  for (const size of [1, 33, 100, 5000, 16_385, 21_000, 30_000, 64_000, 65_600, 300_000, 2_000_000]) {
    for (const filler of ['b', '你']) {
      const then = filler.repeat(size);
      let written: Uint8Array | undefined;
      try {
        written = TextContent.encode(changing('a', then));
      } catch (error) {
        expect(error).toEqual(new RangeError('the message changed while it was encoded'));
      }
      if (written !== undefined) expect(TextContent.decode(written).text === (hasSecondPass() ? then : 'a')).toBe(true);
      expect(TextContent.encode({ text: 'z'.repeat(20_000) }).length).toBe(20_004);
    }
  }
  for (const [i, bytes] of kept.entries()) expect(bytes).toEqual(Uint8Array.of(8, i + 1));
});

test('a message that outgrows what is taken from the shared memory leaves its neighbours alone', () => {
  // An encode that throws while it writes gives no memory back: the next one begins anew.
  expect(() => AllTypes.encode({ int32Field: 1.5 })).toThrow();
  const kept = Array.from({ length: 50 }, (_, i) => HeartbeatInfo.encode({ sentAtMs: BigInt(i + 1) }));
  const then = 'b'.repeat(16_400);
  const grown = TextContent.encode(changing('a', then));
  const last = hasSecondPass() ? then : 'a';
  expect(TextContent.decode(grown).text === last).toBe(true);
  for (let i = 0; i < 3; i++) TextContent.encode({ text: 'z'.repeat(20_000) });
  expect(TextContent.decode(grown).text === last).toBe(true);
  for (const [i, bytes] of kept.entries()) expect(bytes).toEqual(Uint8Array.of(8, i + 1));
});

test('a message that shrinks while it is encoded is written as it was read last', () => {
  const first = 'a'.repeat(10_000);
  expect(TextContent.decode(TextContent.encode(changing(first, 'b'))).text).toBe(hasSecondPass() ? 'b' : first);
});

test('a message whose types change between the passes is refused, or written as it was', () => {
  const encode = () => TextContent.encode(changing('a', 5 as unknown as string));
  if (hasSecondPass()) expect(encode).toThrow();
  else expect(encode()).toEqual(hex('0a 01 61'));
  expect(thrownBy(() => TextContent.encode({ text: null as unknown as string })).code).toBe('INVALID_MESSAGE');
});

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

test('what is encoded is not changed: it may be frozen', () => {
  const init = deepFreeze({
    int32List: [1, 2],
    stringMap: new Map([['a', 'b']]),
    messageList: [{ id: 1n, deeper: { parent: {} } }],
    messageMap: new Map([['a', { name: 'x' }]]),
    bytesField: hex('01 02'),
    choice: { $case: 'choiceMessage' as const, value: { id: 1n } },
  });
  const before = structuredClone(init);
  const bytes = AllTypes.encode(init);
  AllTypes.create(init);
  expect(AllTypes.check(init)).toEqual([]);
  expect(init).toEqual(before);
  expect(AllTypes.encode(deepFreeze(AllTypes.decode(bytes)))).toEqual(bytes);
});
