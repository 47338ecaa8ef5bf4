// What a model is besides encode and decode: `create`, `check`, `typeName`; and that a part of a message encodes as the whole does.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as models from '../../generated/models.js';
import { SendInfo, UserInfo } from '../../generated/models.js';
import type { Codec } from '../../src/wire/codec.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { messages } from '../arbitrary.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex, sameBytes } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const codecs = Object.values(models).filter(
  (model): model is never => typeof (model as { encode?: unknown }).encode === 'function',
) as Codec<object, object>[];

test('typeName is the full name of the message', () => {
  expect(SendInfo.typeName).toBe('im.protocol.v1.SendInfo');
  expect(AllTypes.typeName).toBe('im.fixture.v1.AllTypes');
  for (const codec of codecs) expect(codec.typeName).toBe(codec.generated.table.name);
});

test('the functions of a codec need no this', () => {
  const { encode, decode, create, check } = UserInfo;
  const message = create({ userId: 1n, terminal: 1 });
  expect(decode(encode(message))).toEqual(message);
  expect(check(message)).toEqual([]);
});

test.each(codecs.map((codec) => [codec.typeName, codec] as const))(
  '%s: create without a part is what decode makes of no bytes',
  (_, codec) => {
    const created = codec.create();
    expect(created).toEqual(codec.decode(new Uint8Array(0)));
    expect(Object.keys(created)).toEqual(Object.keys(codec.decode(new Uint8Array(0))));
    expect(codec.create({})).toEqual(created);
    expect(codec.encode(created)).toEqual(new Uint8Array(0));
  },
);

test('create makes a whole message of a part, at any depth', () => {
  const created = SendInfo.create({
    cmd: 4,
    data: { $case: 'privateMessage', value: { sender: { userId: 1n }, content: { body: { $case: 'text', value: {} } } } },
  });
  expect(created).toEqual({
    cmd: 4,
    sequence: 0,
    replyTo: 0,
    data: {
      $case: 'privateMessage',
      value: {
        sender: { userId: 1n, terminal: 0 },
        receiverId: 0n,
        receiverTerminals: [],
        skipSelf: false,
        skipResult: false,
        push: undefined,
        content: {
          messageId: 0n,
          clientMessageId: '',
          sentAtMs: 0n,
          fallback: '',
          seq: 0n,
          quote: undefined,
          origin: undefined,
          hints: undefined,
          threadId: 0n,
          body: { $case: 'text', value: { text: '', format: 0, entities: [], preview: undefined } },
        },
      },
    },
  });
  expect(created).toEqual(SendInfo.decode(SendInfo.encode(created)));
});

test('create copies lists, maps and messages, and shares bytes and unknown fields', () => {
  const bytes = hex('01 02');
  const unknown = hex('90 0f 01');
  const part = {
    bytesField: bytes,
    int32List: [1],
    messageList: [{ id: 1n }],
    stringMap: new Map([['a', 'b']]),
    messageMap: new Map([['a', { id: 1n }]]),
    messageField: { id: 1n },
    choice: { $case: 'choiceMessage' as const, value: { id: 1n } },
    [UNKNOWN_FIELDS]: unknown,
  };
  const created = AllTypes.create(part);
  for (const name of ['int32List', 'messageList', 'stringMap', 'messageMap', 'messageField', 'choice'] as const) {
    expect(created[name]).not.toBe(part[name]);
  }
  expect(created.messageList[0]).not.toBe(part.messageList[0]);
  expect(created.messageMap.get('a')).not.toBe(part.messageMap.get('a'));
  expect(created.choice?.value).not.toBe(part.choice.value);
  expect(created.bytesField).toBe(bytes);
  expect((created as { [UNKNOWN_FIELDS]?: Uint8Array })[UNKNOWN_FIELDS]).toBe(unknown);
  expect(AllTypes.encode(created)).toEqual(AllTypes.encode(part));
});

test('two messages that are created share no default', () => {
  const [first, second] = [AllTypes.create(), AllTypes.create()];
  first.int32List.push(1);
  first.stringMap.set('a', 'b');
  expect(second.int32List).toEqual([]);
  expect(second.stringMap.size).toBe(0);
  expect(second.bytesField).not.toBe(first.bytesField);
});

test('create keeps an optional field that is set to its default, and leaves one unset that is not set', () => {
  const created = AllTypes.create({ optionalInt32: 0, optionalString: '' });
  expect([created.optionalInt32, created.optionalString, created.optionalBool, created.optionalBytes]).toEqual([
    0,
    '',
    undefined,
    undefined,
  ]);
});

test('check tells types first, and rules where the types are right', () => {
  expect(UserInfo.check({ userId: 1n, terminal: 1 })).toEqual([]);
  expect(UserInfo.check({ userId: 0n, terminal: 0 })).toEqual([
    { path: 'userId', rule: 'min', message: 'got 0, at least 1' },
    { path: 'terminal', rule: 'min', message: 'got 0, at least 1' },
  ]);
  expect(UserInfo.check({ userId: 0, terminal: 0 })).toEqual([
    { path: 'userId', rule: 'type', message: 'expected bigint, got number' },
  ]);
  expect(UserInfo.check(undefined)).toEqual([{ path: '', rule: 'type', message: 'expected object, got undefined' }]);
});

test('encode, decode and create do not check the rules of the schema', () => {
  expect(UserInfo.encode({ userId: -1n })).toEqual(hex('08 ff ff ff ff ff ff ff ff ff 01'));
  expect(UserInfo.decode(hex(''))).toEqual({ userId: 0n, terminal: 0 });
  expect(UserInfo.create()).toEqual({ userId: 0n, terminal: 0 });
});

test('an error of encode names the message and carries every issue, up to 1000', () => {
  const error = thrownBy(() => AllTypes.encode({ int32List: Array(1500).fill(0.5) }));
  expect(error.issues).toHaveLength(1000);
  expect(error.message).toMatch(
    /^\[INVALID_MESSAGE\] AllTypes breaks at least 1000 rules: int32List\[0\]: got 0\.5, int32 is an integer from /,
  );
  expect(error.message.length).toBeLessThan(1000);
});

type Message = ReturnType<typeof AllTypes.decode>;
const arbitrary = messages(AllTypes.generated.table) as unknown as fc.Arbitrary<Message>;
const run = { seed: SEED, numRuns: 100 };

/** True for what a field without presence has by itself: such a value may be left out. */
const isDefault = (value: unknown): boolean =>
  Object.is(value, 0) ||
  value === 0n ||
  value === '' ||
  value === false ||
  ((Array.isArray(value) || value instanceof Uint8Array) && value.length === 0) ||
  (value instanceof Map && value.size === 0);

/** The message without its defaults: each is left out, or undefined where `keep` says so. */
function part(message: object, keep: (name: string) => boolean): object {
  const entries = Object.entries(message).map(
    ([name, value]) => [name, !name.startsWith('optional') && isDefault(value) ? undefined : value] as const,
  );
  return Object.fromEntries(entries.filter(([name, value]) => value !== undefined || keep(name)));
}

test(`a message with its defaults left out, or undefined, gives the same bytes (seed ${SEED})`, () => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const bytes = AllTypes.encode(message);
      for (const keep of [() => false, () => true, (name: string) => name.length % 2 === 0]) {
        expect(sameBytes(AllTypes.encode(part(message, keep)), bytes)).toBe(true);
      }
    }),
    run,
  );
});

test(`create of a whole message gives an equal one (seed ${SEED})`, () => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const created = AllTypes.create(message);
      expect(created).toEqual(message);
      expect(AllTypes.check(created)).toEqual(AllTypes.check(message));
    }),
    run,
  );
});
