import { ScalarType } from '@bufbuild/protobuf';
import type { Random } from '../../../test/fuzz/random.js';
import type { FieldSettings } from '../../protoc-gen-im-protocol/settings.js';

/** A number, also as a float: on a limit, or beside it. */
export function randomInteger(
  type: ScalarType,
  rules: readonly FieldSettings[],
  random: Random,
  isWrong: boolean,
): bigint | number {
  const name = ScalarType[type];
  const isFloat = name === 'FLOAT' || name === 'DOUBLE';
  if (isFloat && isWrong) return random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5, -1.5, 1e9]);
  const [least, most] = isFloat ? [-(2n ** 53n), 2n ** 53n] : rangeOf(name);
  const mins = rules.flatMap(({ min }) => min ?? []);
  const maxes = rules.flatMap(({ max }) => max ?? []);
  const from = mins.reduce((a, b) => (b > a ? b : a), least);
  const to = maxes.reduce((a, b) => (b < a ? b : a), most);
  const inside = [from, to, from + 1n, to - 1n, 0n, 1n, from + BigInt(random.below(1000))];
  const outside = [0n, 1n, -1n, ...mins.map((min) => min - 1n), ...maxes.map((max) => max + 1n), least, most];
  const wanted = random.pick(isWrong ? outside : inside.filter((number) => number >= from && number <= to));
  const number = wanted < least ? least : wanted > most ? most : wanted;
  return name.endsWith('64') ? number : Number(number);
}

function rangeOf(name: string): [least: bigint, most: bigint] {
  const bits = name.endsWith('64') ? 64n : 32n;
  return /^U|^FIXED/.test(name) ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}
