// A rule of buf.validate as the plugin reads it, and the set of rules of a value.
import type { FieldSettings } from '../settings.js';
import { type Checker, checker } from './checker.js';

/** Where a rule comes from: what protovalidate calls it. */
export interface Origin {
  /** Name in our issues. */
  readonly name: string;
  /** `string.min_len`, `int32.gte_lt` */
  readonly id: string;
  /** Names of the fields that lead to the rule: `string`, `min_len`. */
  readonly path: readonly string[];
  /** For comments: `min_len 3`. */
  readonly summary: string;
}

/** A rule of buf.validate. */
export interface ReadRule extends Origin {
  /** The rule of ours with the same meaning. */
  readonly settings?: Partial<FieldSettings>;
  readonly checker: Checker;
}

/** The rules of a value, or of a list or map as a whole. */
export interface RuleSet {
  /** Those that are said by rules of ours. All of them apply. */
  readonly settings: readonly FieldSettings[];
  /** The others. */
  readonly checkers: readonly Checker[];
  readonly origins: readonly Origin[];
}

export const NO_RULES: RuleSet = { settings: [], checkers: [], origins: [] };

/** How a value is checked that is the default of its type. */
export type Zero =
  /** Like any other. */
  | 'checked'
  /** It keeps all rules. */
  | 'skipped'
  /** It is not set, which is the only issue. */
  | 'missing';

/** No rules, without a presence of its own: each set is spread over these. */
const NO_SETTINGS: FieldSettings = {
  required: false,
  format: 0,
  orDefault: false,
  alphabet: '',
  forbidden: '',
  notBlank: false,
  notIn: [],
  notPrefix: [],
  unique: false,
  items: undefined,
  keys: undefined,
  values: undefined,
  sensitive: false,
  routing: false,
  since: 0,
  ignorable: false,
  platform: false,
};

/**
 * @param zero the default of the type; undefined for a message, which has none.
 * @param inWrapper the value is in a wrapper of google.protobuf.
 */
export function ruleSet(rules: readonly ReadRule[], whenZero: Zero, zero: unknown, inWrapper: boolean): RuleSet {
  const settings: FieldSettings[] = [];
  const checkers: Checker[] = [];
  const origins: Origin[] = [];
  if (whenZero === 'missing') {
    checkers.push(checker('rule', 'notZero'));
    origins.push(REQUIRED);
  }
  for (const rule of rules) {
    origins.push({ name: rule.name, id: rule.id, path: rule.path, summary: rule.summary });
    const isExcepted = whenZero !== 'checked' && rule.checker.rule.refuses(zero);
    if (inWrapper) checkers.push(checker('rule', 'wrapped', rule.checker, zero));
    // "or 0" in the text of a rule would be wrong where 0 is missing.
    else if (rule.settings === undefined || (isExcepted && whenZero === 'missing')) {
      checkers.push(isExcepted ? checker('rule', 'unlessZero', rule.checker) : rule.checker);
    } else settings.push({ ...NO_SETTINGS, ...rule.settings, orDefault: isExcepted });
  }
  return { settings, checkers, origins };
}

export const REQUIRED: Origin = { name: 'required', id: 'required', path: ['required'], summary: 'required' };
