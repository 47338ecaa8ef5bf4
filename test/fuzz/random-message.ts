// Random messages that are valid or nearly valid: values of the right types on both sides of many limits, and a few that are wrong.
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import type { Random } from './random.js';

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

/** A message of a table. */
export function randomMessage(table: MessageTable, random: Random, depth = 0): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of table.fields) {
    if (random.oneIn(3) || (depth > 3 && field.type === 'message')) continue;
    message[field.oneof ?? field.name] = randomField(field, random, depth);
  }
  if (random.oneIn(300)) message.unheardOf = 1;
  return message;
}

function randomField(field: FieldTable, random: Random, depth: number): unknown {
  const value = (): unknown => randomValue(field.type, field, random, depth);
  if (field.oneof !== undefined) return { $case: random.oneIn(100) ? 'other' : field.name, value: value() };
  const size = random.oneIn(50) ? 130 : random.below(4);
  if (field.kind === 'list') return Array.from({ length: size }, value);
  if (field.kind === 'map') {
    return new Map(Array.from({ length: size }, () => [randomValue(field.key as string, field, random, depth), value()]));
  }
  return value();
}

function randomValue(type: string, field: FieldTable, random: Random, depth: number): unknown {
  if (random.oneIn(200)) return random.pick(ODD);
  if (type === 'message') return randomMessage((field.message as () => MessageTable)(), random, depth + 1);
  if (type === 'string') return random.pick(TEXTS);
  if (type === 'bytes') return new Uint8Array(random.pick([0, 1, 16, 200])).fill(random.below(256));
  if (type === 'bool') return random.oneIn(2);
  if (type === 'enum') return random.pick([0, 1, 2, 3, 7, 20, 33, 1000, 1001, 100_000]);
  return /64$/.test(type) ? random.pick(LONGS) : random.pick(INTS);
}
