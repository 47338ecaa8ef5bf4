// Rules of numbers, bools, enums and strings as a whole. NaN violates every bound.
import { maxText, minText } from '../violations.js';
import { notInRule, type Scalar, type StandardRule, shownRule } from './rule.js';

type Amount = number | bigint;

/** `gte`: the minimum. */
export function min(limit: Amount): StandardRule<Amount> {
  return { name: 'min', refuses: (value) => !(value >= limit), text: (value) => minText(value, limit) };
}

/** `lte`: the maximum. */
export function max(limit: Amount): StandardRule<Amount> {
  return { name: 'max', refuses: (value) => !(value <= limit), text: (value) => maxText(value, limit) };
}

/** `gt` of a number that is no integer. */
export function moreThan(limit: Amount): StandardRule<Amount> {
  return shownRule('gt', (value) => !(value > limit), `expected more than ${limit}`);
}

/** `lt` of a number that is no integer. */
export function lessThan(limit: Amount): StandardRule<Amount> {
  return shownRule('lt', (value) => !(value < limit), `expected less than ${limit}`);
}

/** A limit, and whether it belongs to the range. */
type Bound = readonly [limit: Amount, included: boolean];

const isAbove = (value: Amount, [limit, included]: Bound): boolean => value > limit || (included && value === limit);
const isBelow = (value: Amount, [limit, included]: Bound): boolean => value < limit || (included && value === limit);

/** `gt` or `gte` together with `lt` or `lte`. */
export function between(lower: Bound, upper: Bound): StandardRule<Amount> {
  const wanted = `expected ${aboveText(lower)} and ${belowText(upper)}`;
  return shownRule('range', (value) => !(isAbove(value, lower) && isBelow(value, upper)), wanted);
}

/** The same with a lower limit above the upper one: the values between them are refused. */
export function outside(lower: Bound, upper: Bound): StandardRule<Amount> {
  const wanted = `expected ${belowText(upper)} or ${aboveText(lower)}`;
  return shownRule('range', (value) => !(isAbove(value, lower) || isBelow(value, upper)), wanted);
}

function aboveText([limit, included]: Bound): string {
  return included ? `at least ${limit}` : `more than ${limit}`;
}

function belowText([limit, included]: Bound): string {
  return included ? `at most ${limit}` : `less than ${limit}`;
}

/** `const` */
export function equalTo(wanted: Scalar): StandardRule<Scalar> {
  return shownRule('const', (value) => value !== wanted, `expected ${shown(wanted)}`);
}

/** `in` */
export function oneOf(values: readonly Scalar[]): StandardRule<Scalar> {
  const all = new Set(values);
  // Of 0 and -0, and of NaN, a set has another opinion than a comparison.
  return shownRule('in', (value) => Number.isNaN(value) || !all.has(value), `expected one of ${listed(values.map(shown))}`);
}

/** `not_in` */
export function noneOf(values: readonly Scalar[]): StandardRule<Scalar> {
  const all = new Set(values);
  return notInRule(values, (value) => !Number.isNaN(value) && all.has(value));
}

/** `defined_only` of an enum. */
export function definedOnly(numbers: readonly number[]): StandardRule<number> {
  const all = new Set(numbers);
  return {
    name: 'defined_only',
    refuses: (value) => !all.has(value),
    text: (value) => `got ${value}, which is not a value of the enum`,
  };
}

/** `finite` */
export function finite(): StandardRule<Scalar> {
  return shownRule('finite', (value) => !Number.isFinite(value), 'expected a finite number');
}

const LISTED = 8;

/** `a, b, c`; of many, the first. */
export function listed(texts: readonly string[]): string {
  return texts.length > LISTED ? `${texts.slice(0, LISTED).join(', ')} and ${texts.length - LISTED} more` : texts.join(', ');
}

function shown(value: Scalar): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
