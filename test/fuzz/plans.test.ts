// Generated code and plans are two implementations of the same strictness: they are compared with each other, message by message, on random
// messages, valid and invalid, and on damaged bytes of them.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as own from '../../generated/models.js';
import { SCHEMAS } from '../../generated/schema-text.js';
import type { Codec } from '../../src/wire/codec.js';
import { planCodec } from '../../src/wire/plan/plan-codec.js';
import type { Schema } from '../../src/wire/plan/schema.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import * as fixtures from '../fixtures/generated/models.js';
import { SCHEMA as FIXTURES } from '../fixtures/generated/schema-text.js';

type AnyCodec = Codec<object, object>;

/** Numbers below a limit, the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof numbers>;

const TEXTS = [
  '',
  'a',
  'abc-DEF_09',
  ' ',
  '\t',
  'é',
  '中文',
  '🙂',
  '\ud800',
  'x'.repeat(64),
  'y'.repeat(300),
  'a/b.C',
  'a.b/',
  '\u0000',
  '|%',
];
const INTS = [0, 1, -1, 2, 5, 127, 128, 1000, 16384, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, 0.5, -0, Number.NaN];
const LONGS = [
  0n,
  1n,
  -1n,
  5n,
  127n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n - 1n,
  2n ** 64n,
  253402300799999n,
  253402300800000n,
];
const ODD: readonly unknown[] = [
  null,
  undefined,
  '1',
  1,
  1n,
  true,
  [],
  {},
  new Map(),
  new Uint8Array(1),
  { $case: 'x', value: 1 },
];

const pick = <T>(values: readonly T[], random: Random): T => values[random(values.length)];

function randomValue(type: string, field: FieldTable, random: Random, depth: number): unknown {
  if (random(200) === 0) return pick(ODD, random);
  if (type === 'message') return randomMessage((field.message as () => MessageTable)(), random, depth + 1);
  if (type === 'string') return pick(TEXTS, random);
  if (type === 'bytes') return new Uint8Array(pick([0, 1, 16, 200], random)).fill(random(256));
  if (type === 'bool') return random(2) === 1;
  if (type === 'enum') return pick([0, 1, 2, 3, 7, 20, 33, 1000, 1001, 100_000], random);
  return /64$/.test(type) ? pick(LONGS, random) : pick(INTS, random);
}

function randomMessage(table: MessageTable, random: Random, depth = 0): unknown {
  const message: Record<string, unknown> = {};
  for (const field of table.fields) {
    if (random(3) === 0 || (depth > 3 && field.type === 'message')) continue;
    message[field.oneof ?? field.name] = randomField(field, random, depth);
  }
  if (random(300) === 0) message.unheardOf = 1;
  return message;
}

function randomField(field: FieldTable, random: Random, depth: number): unknown {
  const value = (): unknown => randomValue(field.type, field, random, depth);
  if (field.oneof !== undefined) return { $case: random(100) === 0 ? 'other' : field.name, value: value() };
  const size = random(50) === 0 ? 130 : random(4);
  if (field.kind === 'list') return Array.from({ length: size }, value);
  if (field.kind === 'map') {
    return new Map(Array.from({ length: size }, () => [randomValue(field.key as string, field, random, depth), value()]));
  }
  return value();
}

/** What a call returns or throws, all that callers see of it. */
function outcome(call: () => unknown): unknown {
  try {
    return { returned: call() };
  } catch (error) {
    const { name, message, code, offset, path, limit, actual, issues } = error as Record<string, unknown>;
    return { name, message, code, offset, path, limit, actual, issues };
  }
}

function compare(code: AnyCodec, plan: AnyCodec, random: Random): void {
  const message = randomMessage(code.generated.table, random) as object;
  const both = (call: (codec: AnyCodec) => unknown): unknown => {
    const expected = outcome(() => call(code));
    const got = outcome(() => call(plan));
    // `toStrictEqual` takes many times as long, so it only shows the difference.
    if (!isDeepStrictEqual(got, expected)) {
      expect(got).toStrictEqual(expected);
      expect.unreachable();
    }
    return expected;
  };
  both((codec) => codec.check(message));
  both((codec) => codec.create(message));
  both((codec) => {
    const before = codec.newerMarks();
    codec.generated.estimate(message);
    return codec.newerMarks() !== before;
  });
  const { returned } = both((codec) => codec.encode(message)) as { returned?: Uint8Array };
  if (returned === undefined) return;
  for (let round = 0; round < 3; round++) {
    const bytes = returned.slice();
    for (let n = 0; n < round && bytes.length > 0; n++) bytes[random(bytes.length)] = random(256);
    both((codec) => {
      const decoded = codec.decode(bytes);
      const checked = codec.generated.check(decoded);
      return { decoded, checked, again: outcome(() => codec.encode(decoded)) };
    });
  }
}

const suites: [string, object, readonly Schema[], number][] = [
  ['this protocol', own, SCHEMAS, 5],
  ['the fixtures', fixtures, [FIXTURES], 5],
];

describe.each(suites)('%s', (_, models, schemas, rounds) => {
  const codecs = Object.values(models).filter((model): model is AnyCodec => typeof model === 'object' && 'generated' in model);
  const plans = schemas.flatMap((schema) =>
    schema.names.filter((key) => schema.isMessage(key)).map((key) => [schema.message(key).name, planCodec(schema, key)] as const),
  );
  const byName: ReadonlyMap<string, AnyCodec> = new Map(plans);

  test('plans do what generated code does', () => {
    expect(codecs.length).toBeGreaterThan(20);
    const random = numbers(1);
    for (const code of codecs) {
      const plan = byName.get(code.typeName);
      expect(plan, code.typeName).toBeDefined();
      for (let n = 0; n < rounds; n++) compare(code, plan!, random);
    }
  }, 120_000);
});
