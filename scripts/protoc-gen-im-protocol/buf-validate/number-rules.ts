// buf.validate.Int32Rules and the other rules of numbers.

import type { ScalarName } from '../model.js';
import { isLong } from '../value-rules.js';
import { checker } from './checker.js';
import type { ReadRule } from './read-rule.js';
import type { RulesReader } from './rules-reader.js';

type Amount = number | bigint;
type Read = Pick<ReadRule, 'checker' | 'settings'>;

export function numberRules(rules: RulesReader): ReadRule[] {
  const isInteger = !/^(float|double)$/.test(rules.type);
  rules.when<Amount>('const', (value) => ({ checker: checker('scalars', 'equalTo', value) }));
  addBounds(rules, rangeOf<Amount>(rules), isInteger ? integerBounds(rules.type as ScalarName) : FLOAT);
  rules.when<Amount[]>('in', (values) => ({ checker: checker('scalars', 'oneOf', values) }));
  rules.when<Amount[]>('not_in', (values) => ({ checker: checker('scalars', 'noneOf', values) }));
  rules.when<boolean>('finite', (value) => (value ? { checker: checker('scalars', 'finite') } : undefined));
  return rules.finish();
}

/** A bound: its value, and whether it is allowed. */
export interface Bound<T> {
  readonly rule: 'gt' | 'gte' | 'lt' | 'lte';
  readonly limit: T;
}

export interface Range<T> {
  readonly lower?: Bound<T> | undefined;
  readonly upper?: Bound<T> | undefined;
}

/** Each is a oneof in buf.validate. */
export function rangeOf<T>(rules: RulesReader): Range<T> {
  const bound = (rule: Bound<T>['rule']): Bound<T> | undefined => {
    const limit = rules.get<T>(rule);
    return limit === undefined ? undefined : { rule, limit };
  };
  // Ask for all, so that none counts as unknown.
  const [gt, gte, lt, lte] = [bound('gt'), bound('gte'), bound('lt'), bound('lte')];
  return { lower: gt ?? gte, upper: lt ?? lte };
}

/** How bounds of a type become rules. */
export interface BoundRules<T> {
  /** `gte 5` */
  summary(bound: Bound<T>): string;
  least(bound: Bound<T>): Read;
  most(bound: Bound<T>): Read;
  /** One rule for both; undefined = a rule for each. */
  within(lower: Bound<T>, upper: Bound<T>): Read | undefined;
  /** The upper bound is below the lower one, and what lies between is refused. */
  beyond(lower: Bound<T>, upper: Bound<T>): Read;
}

/** Protovalidate has one rule for both bounds, at the lower one: `gte_lt`, and `gte_lt_exclusive` for the values outside of a range. */
export function addBounds<T extends Amount>(rules: RulesReader, { lower, upper }: Range<T>, make: BoundRules<T>): void {
  const { type } = rules;
  if (lower === undefined || upper === undefined) {
    if (lower !== undefined) rules.add(make.least(lower), `${type}.${lower.rule}`, lower.rule, make.summary(lower));
    if (upper !== undefined) rules.add(make.most(upper), `${type}.${upper.rule}`, upper.rule, make.summary(upper));
    return;
  }
  const summary = `${make.summary(lower)} ${upper.limit < lower.limit ? 'or' : 'and'} ${make.summary(upper)}`;
  const id = `${type}.${lower.rule}_${upper.rule}`;
  if (upper.limit < lower.limit) {
    rules.add(make.beyond(lower, upper), `${id}_exclusive`, lower.rule, summary);
    return;
  }
  const one = make.within(lower, upper);
  for (const rule of one === undefined ? [make.least(lower), make.most(upper)] : [one]) rules.add(rule, id, lower.rule, summary);
}

export const included = ({ rule, limit }: Bound<Amount>): readonly [Amount, boolean] => [limit, /e$/.test(rule)];

/** Of integers, `gt: 5` is `gte: 6`: a minimum of ours. */
function integerBounds(scalar: ScalarName): BoundRules<Amount> {
  const one = isLong(scalar) ? 1n : 1;
  const plus = (a: Amount, b: Amount): Amount => (typeof a === 'bigint' ? a + BigInt(b) : a + Number(b));
  const minimum = (limit: Amount): Read => ({ checker: checker('scalars', 'min', limit), settings: { min: BigInt(limit) } });
  const maximum = (limit: Amount): Read => ({ checker: checker('scalars', 'max', limit), settings: { max: BigInt(limit) } });
  return {
    summary: ({ rule, limit }) => `${rule} ${limit}`,
    least: ({ rule, limit }) => minimum(rule === 'gt' ? plus(limit, one) : limit),
    most: ({ rule, limit }) => maximum(rule === 'lt' ? plus(limit, -one) : limit),
    within: () => undefined,
    beyond: (lower, upper) => ({ checker: checker('scalars', 'outside', included(lower), included(upper)) }),
  };
}

const FLOAT: BoundRules<Amount> = {
  summary: ({ rule, limit }) => `${rule} ${limit}`,
  least: ({ rule, limit }) =>
    rule === 'gt'
      ? { checker: checker('scalars', 'moreThan', limit) }
      : { checker: checker('scalars', 'min', limit), ...(isWhole(limit) && { settings: { min: BigInt(limit) } }) },
  most: ({ rule, limit }) =>
    rule === 'lt'
      ? { checker: checker('scalars', 'lessThan', limit) }
      : { checker: checker('scalars', 'max', limit), ...(isWhole(limit) && { settings: { max: BigInt(limit) } }) },
  // NaN violates both bounds, which is one issue.
  within: (lower, upper) => ({ checker: checker('scalars', 'between', included(lower), included(upper)) }),
  beyond: (lower, upper) => ({ checker: checker('scalars', 'outside', included(lower), included(upper)) }),
};

/** Our bounds are integers. */
function isWhole(limit: Amount): boolean {
  return Number.isSafeInteger(limit);
}
