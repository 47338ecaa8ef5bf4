// The rules of a field from both sources, ours and buf.validate, for both forms of generated code.
import { type Checker, checker } from './buf-validate/checker.js';
import { NO_RULES, type RuleSet } from './buf-validate/read-rule.js';
import type { FieldModel } from './model.js';
import { refuseEmptyRanges } from './refuse-rules.js';
import type { FieldSettings, Settings } from './settings.js';

/** The rules of a value, or of a list or map as a whole. All sets apply. */
export interface Rules {
  readonly sets: readonly FieldSettings[];
  /** Rules of buf.validate that ours cannot say, after the others. */
  readonly checkers: readonly Checker[];
  /** Texts do not show the value. */
  readonly secret: boolean;
}

export interface RulesOfField {
  /** The field is set: a message, `optional`, or a member of a oneof. */
  readonly required: boolean;
  /** Messages in the field are not checked. */
  readonly unchecked: boolean;
  readonly whole: Rules;
  /** Of each element of a list, of each value of a map. */
  readonly items: Rules;
  readonly keys: Rules;
}

/** @throws SchemaError for rules that contradict each other, or that buf.validate can say and we cannot. */
export function rulesOfField(field: FieldModel, settings: Settings): RulesOfField {
  const own = settings.field(field.desc);
  const read = settings.standard.field(field);
  const together = (declared: FieldSettings | undefined, others: RuleSet = NO_RULES): Rules => {
    const secret = Boolean(own?.sensitive || declared?.sensitive);
    const added = others.settings.filter((set) => declared === undefined || !isSaid(set, declared));
    const sets = [...(declared === undefined ? [] : [declared]), ...added].sort(inOrder);
    refuseEmptyRanges(
      sets.flatMap((set) => settings.rules(set)),
      field.desc,
    );
    const checkers = secret ? others.checkers.map((each) => checker('rule', 'hidden', each)) : others.checkers;
    return { sets, checkers, secret };
  };
  return {
    required: (own?.required ?? false) || (read?.required ?? false),
    unchecked: read?.unchecked ?? false,
    whole: together(own, read?.whole),
    items: together(field.kind === 'map' ? own?.values : own?.items, read?.items),
    keys: together(own?.keys, read?.keys),
  };
}

/** As the text form needs them: those that allow the default are the last ones, and so is the smallest limit of a list. */
function inOrder(a: FieldSettings, b: FieldSettings): number {
  return Number(a.orDefault) - Number(b.orDefault) || (b.maxItems ?? 0) - (a.maxItems ?? 0);
}

/** True for a rule of buf.validate that is the same as one of ours. */
function isSaid(set: FieldSettings, declared: FieldSettings): boolean {
  const limits = ['min', 'max', 'minBytes', 'maxBytes', 'minItems', 'maxItems'] as const;
  const differs = limits.some((name) => set[name] !== undefined && set[name] !== declared[name]);
  return !differs && set.orDefault === declared.orDefault && set.notIn.length === 0 && (!set.unique || declared.unique);
}

/** The smallest limit of the number of elements or entries, which decoders refuse to exceed. */
export function maxItemsOf(field: FieldModel, settings: Settings): number | undefined {
  const limits = rulesOfField(field, settings).whole.sets.flatMap(({ maxItems }) => maxItems ?? []);
  return limits.length === 0 ? undefined : Math.min(...limits);
}
