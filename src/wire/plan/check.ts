// Checks the rules of any message by its plan, with the issues, texts and order of generated `check*` functions: fields in the order of their
// numbers, then the members of oneofs, then the rules of the whole message. Of the rules that readers of generated code have tested (../text.ts),
// it skips only those of long lists: ids of 1 or more. Code for the others would be larger, and they take microseconds.
import type { Issue } from '../../errors.js';
import { addIssue, addNested, entryPath, isFull } from '../issues.js';
import { NO_BYTES, NO_ENTRIES, NO_ITEMS } from '../rules.js';
import { pathOf, planOf } from './fields.js';
import { messageChecks } from './message-rules.js';
import type { AnyRule, FieldPlan, MessageCheck, MessagePlan } from './plan.js';
import { BYTES, MESSAGE, SFIXED64 } from './types.js';
import { nameOf, violation } from './value-rules.js';

type Issues = Issue[] | undefined;
type Properties = Record<PropertyKey, unknown>;

interface Checker {
  /** Fields outside of oneofs that have something to check, and the value of each that is left out; undefined = there is nothing to check. */
  readonly fields: readonly { readonly field: FieldPlan; readonly missing: unknown }[];
  /** Such members of each oneof. */
  readonly oneofs: readonly { readonly name: string; readonly members: ReadonlyMap<string, FieldPlan> }[];
  readonly checks: readonly MessageCheck[];
}

/** The message was just read, and nothing in it was suspect. */
let seen = false;

/**
 * Checks the rules of the schema; undefined = all are kept. Every value must be of the right type.
 * @param isSeen the message was just read, and nothing in it was suspect.
 */
export function checkMessage(plan: MessagePlan, m: Properties, isSeen = false): Issues {
  seen = isSeen;
  return checkRulesOf(plan, m);
}

function checkRulesOf(plan: MessagePlan, m: Properties): Issues {
  const { fields, oneofs, checks } = (plan.checker as Checker | undefined) ?? prepareChecker(plan);
  let issues: Issues;
  for (let i = 0; i < fields.length; i++) {
    const { field, missing } = fields[i];
    const value = m[field.name] ?? missing;
    if (value !== undefined) issues = checkField(field, value, issues);
    else if (field.required) issues = addIssue(issues, pathOf(field), 'required', 'not set');
  }
  for (let i = 0; i < oneofs.length; i++) {
    const { name, members } = oneofs[i];
    const set = m[name] as { $case: string; value: unknown } | undefined;
    const member = set && members.get(set.$case);
    if (member !== undefined) issues = checkField(member, set?.value, issues);
  }
  for (let i = 0; i < checks.length; i++) issues = checks[i](m, issues);
  return issues;
}

function prepareChecker(plan: MessagePlan): Checker {
  const checked = plan.fields.filter((field) => hasRules(field));
  const checker = {
    fields: checked.filter(({ oneof }) => oneof === undefined).map((field) => ({ field, missing: missingOf(field) })),
    oneofs: plan.oneofs.map(({ name }) => ({
      name,
      members: new Map(checked.filter(({ oneof }) => oneof === name).map((field) => [field.name, field])),
    })),
    checks: messageChecks(plan),
  };
  plan.checker = checker;
  return checker;
}

function missingOf({ kind, op, optional, zero }: FieldPlan): unknown {
  if (kind !== undefined) return kind === 'list' ? NO_ITEMS : NO_ENTRIES;
  return op === BYTES && !optional ? NO_BYTES : zero;
}

/** True for a field with something to check, at any depth. Others are not walked through. */
function hasRules({ required, rules, items, keys, op, message }: FieldPlan, seen = new Set<MessagePlan>()): boolean {
  if (required || rules.length + items.length + keys.length > 0) return true;
  if (op !== MESSAGE) return false;
  const plan = (message as () => MessagePlan)();
  if (seen.has(plan)) return false;
  seen.add(plan);
  return (
    plan.rules.length > 0 ||
    plan.oneofs.some((oneof) => oneof.required || oneof.commandData) ||
    plan.fields.some((field) => hasRules(field, seen))
  );
}

function checkField(field: FieldPlan, v: unknown, issues: Issues): Issues {
  const { kind, op, rules, items, keys, secretKeys } = field;
  const path = pathOf(field);
  if (kind === undefined) return checkValue(field, rules, v, path, undefined, issues);
  issues = checkRules(rules, v, path, undefined, issues);
  if (items.length + keys.length === 0 && op !== MESSAGE) return issues;
  if (kind === 'list') {
    if (seen && op === SFIXED64 && items.every(isPositive)) return issues;
    const list = v as readonly unknown[];
    for (let i = 0; i < list.length && !(issues && isFull(issues)); i++)
      issues = checkValue(field, items, list[i], path, i, issues);
    return issues;
  }
  const map = v as ReadonlyMap<unknown, unknown>;
  // An empty map needs no iterator.
  if (map.size === 0) return issues;
  for (const [key, value] of map) {
    const shown = secretKeys ? '***' : key;
    issues = checkRules(keys, key, path, shown, issues, 'key: ');
    issues = checkValue(field, items, value, path, shown, issues);
    if (issues !== undefined && isFull(issues)) break;
  }
  return issues;
}

/** The rule of ids, which the reader has tested. */
function isPositive(rule: AnyRule): boolean {
  return rule.code === '>' && (rule.limit as bigint) <= 1n;
}

/** @param key index of an element of a list, key of a value of a map: its path is made only where there is an issue. */
function checkValue(field: FieldPlan, rules: readonly AnyRule[], v: unknown, path: string, key: unknown, issues: Issues): Issues {
  issues = checkRules(rules, v, path, key, issues);
  const nested = field.op === MESSAGE && !field.unchecked ? checkRulesOf(planOf(field), v as Properties) : undefined;
  return nested === undefined ? issues : addNested(issues, nested, pathTo(path, key));
}

function checkRules(rules: readonly AnyRule[], v: unknown, path: string, key: unknown, issues: Issues, subject = ''): Issues {
  for (let i = 0; i < rules.length; i++) {
    const text = violation(rules[i], v);
    if (text !== undefined) issues = addIssue(issues, pathTo(path, key), nameOf(rules[i]), subject + text);
  }
  return issues;
}

const pathTo = (path: string, key: unknown): string => (key === undefined ? path : entryPath(path, key));
