// The rules of bools, enums and well-known types.
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { shown } from '../../../src/wire/standard/messages.js';
import { type Checker, checker } from './checker.js';
import { addBounds, type Bound, type BoundRules, included, rangeOf } from './number-rules.js';
import type { ReadRule } from './read-rule.js';
import type { RulesReader } from './rules-reader.js';

type Read = Pick<ReadRule, 'checker'>;

const only = (one: Checker): Read => ({ checker: one });

export function boolRules(rules: RulesReader): ReadRule[] {
  rules.when<boolean>('const', (value) => only(checker('scalars', 'equalTo', value)));
  return rules.finish();
}

/** @param defined the numbers of the enum. */
export function enumRules(rules: RulesReader, defined: readonly number[]): ReadRule[] {
  rules.when<number>('const', (value) => only(checker('scalars', 'equalTo', value)));
  rules.when<boolean>('defined_only', (value) => (value ? only(checker('scalars', 'definedOnly', defined)) : undefined));
  rules.when<number[]>('in', (values) => only(checker('scalars', 'oneOf', values)));
  rules.when<number[]>('not_in', (values) => only(checker('scalars', 'noneOf', values)));
  return rules.finish();
}

export function anyRules(rules: RulesReader): ReadRule[] {
  rules.when<string[]>('in', (urls) => only(checker('messages', 'anyOf', urls)));
  rules.when<string[]>('not_in', (urls) => only(checker('messages', 'noAnyOf', urls)));
  return rules.finish();
}

export function fieldMaskRules(rules: RulesReader): ReadRule[] {
  rules.when<ReflectMessage>('const', (mask) => only(checker('messages', 'samePaths', pathsOf(mask))));
  rules.when<string[]>('in', (paths) => only(checker('messages', 'pathsOf', paths)));
  rules.when<string[]>('not_in', (paths) => only(checker('messages', 'noPathsOf', paths)));
  return rules.finish();
}

function pathsOf(mask: ReflectMessage): string[] {
  return [...(mask.get(mask.desc.field.paths) as Iterable<string>)];
}

export function durationRules(rules: RulesReader): ReadRule[] {
  addTimeRules(rules);
  rules.when<ReflectMessage[]>('in', (times) => {
    const all = times.map(nanosOf);
    return only(checker('messages', 'inNanos', checker('scalars', 'oneOf', all), `expected one of ${all.map(shown).join(', ')}`));
  });
  rules.when<ReflectMessage[]>('not_in', (times) => {
    const all = times.map(nanosOf);
    const text = all.length === 1 ? 'the forbidden value' : `one of ${all.length} forbidden values`;
    return only(checker('messages', 'inNanos', checker('scalars', 'noneOf', all), text));
  });
  return rules.finish();
}

export function timestampRules(rules: RulesReader): ReadRule[] {
  addTimeRules(rules);
  rules.when<boolean>('lt_now', (value) => (value ? only(checker('messages', 'notAfterNow')) : undefined));
  rules.when<boolean>('gt_now', (value) => (value ? only(checker('messages', 'notBeforeNow')) : undefined));
  rules.when<ReflectMessage>('within', (limit) => only(checker('messages', 'withinOfNow', nanosOf(limit))));
  return rules.finish();
}

function addTimeRules(rules: RulesReader): void {
  rules.when<ReflectMessage>('const', (time) => {
    const nanos = nanosOf(time);
    return only(checker('messages', 'inNanos', checker('scalars', 'equalTo', nanos), `expected ${shown(nanos)}`));
  });
  const { lower, upper } = rangeOf<ReflectMessage>(rules);
  addBounds(rules, { lower: lower && inNanos(lower), upper: upper && inNanos(upper) }, TIME);
}

function inNanos({ rule, limit }: Bound<ReflectMessage>): Bound<bigint> {
  return { rule, limit: nanosOf(limit) };
}

/** Of a Duration or Timestamp. */
function nanosOf(time: ReflectMessage): bigint {
  const { seconds, nanos } = time.desc.field;
  return BigInt(time.get(seconds) as bigint) * 1_000_000_000n + BigInt(time.get(nanos) as number);
}

const TIME: BoundRules<bigint> = {
  summary: ({ rule, limit }) => `${rule} ${shown(limit)}`,
  least: (bound) =>
    timeRule(
      bound.rule === 'gt' ? checker('scalars', 'moreThan', bound.limit) : checker('scalars', 'min', bound.limit),
      least(bound),
    ),
  most: (bound) =>
    timeRule(
      bound.rule === 'lt' ? checker('scalars', 'lessThan', bound.limit) : checker('scalars', 'max', bound.limit),
      most(bound),
    ),
  within: (lower, upper) =>
    timeRule(checker('scalars', 'between', included(lower), included(upper)), `${least(lower)} and ${most(upper)}`),
  beyond: (lower, upper) =>
    timeRule(checker('scalars', 'outside', included(lower), included(upper)), `${most(upper)} or ${least(lower)}`),
};

function timeRule(rule: Checker, wanted: string): Read {
  return only(checker('messages', 'inNanos', rule, `expected ${wanted}`));
}

function least({ rule, limit }: Bound<bigint>): string {
  return `${rule === 'gt' ? 'more than' : 'at least'} ${shown(limit)}`;
}

function most({ rule, limit }: Bound<bigint>): string {
  return `${rule === 'lt' ? 'less than' : 'at most'} ${shown(limit)}`;
}
