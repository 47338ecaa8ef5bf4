// Checks the rules of any message by its plan, with the issues, texts and order of generated `check*` functions: fields in the order of their
// numbers, then the members of oneofs, then the rules of the whole message. It tests every rule, also those that readers of generated code have
// seen to (../text.ts): code for both would be larger, and a check takes microseconds.
import type { Issue } from '../../errors.js';
import { addIssue, addNested, entryPath, isFull } from '../issues.js';
import { NO_BYTES, NO_ENTRIES, NO_ITEMS } from '../rules.js';
import { pathOf, planOf } from './fields.js';
import { messageChecks } from './message-rules.js';
import type { FieldPlan, MessageCheck, MessagePlan, ValueRule } from './plan.js';
import { BYTES, MESSAGE } from './types.js';
import { addViolation, isViolated } from './value-rules.js';

type Issues = Issue[] | undefined;
type Properties = Record<PropertyKey, unknown>;

interface Checker {
  /** Fields outside of oneofs that have something to check, and the value of each that is left out; undefined = there is nothing to check. */
  readonly fields: readonly { readonly field: FieldPlan; readonly missing: unknown }[];
  /** The ruled members of each oneof. */
  readonly oneofs: readonly { readonly name: string; readonly members: ReadonlyMap<string, FieldPlan> }[];
  readonly checks: readonly MessageCheck[];
}

/** Checks the rules of the schema; undefined = all are kept. Every value must be of the right type. */
export function checkMessage(plan: MessagePlan, m: Properties): Issues {
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
  const ruled = plan.fields.filter((field) => hasOwnRules(field) || (field.op === MESSAGE && hasRules(planOf(field))));
  const checker = {
    fields: ruled.filter(({ oneof }) => oneof === undefined).map((field) => ({ field, missing: missingOf(field) })),
    oneofs: plan.oneofs.map(({ name }) => ({
      name,
      members: new Map(ruled.filter(({ oneof }) => oneof === name).map((field) => [field.name, field])),
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

function hasOwnRules({ required, rules, items, keys }: FieldPlan): boolean {
  return required || rules.length + items.length + keys.length > 0;
}

/** True for a message with rules at any depth. Others are not walked through. */
function hasRules(plan: MessagePlan, seen = new Set<MessagePlan>()): boolean {
  if (seen.has(plan)) return false;
  seen.add(plan);
  return (
    plan.rules.length > 0 ||
    plan.oneofs.some(({ required, commandData }) => required || commandData) ||
    plan.fields.some((field) => hasOwnRules(field) || (field.op === MESSAGE && hasRules(planOf(field), seen)))
  );
}

function checkField(field: FieldPlan, v: unknown, issues: Issues): Issues {
  const { kind, op, rules } = field;
  const path = pathOf(field);
  issues = checkRules(rules, op, v, path, issues);
  if (kind === 'list') return checkItems(field, v as readonly unknown[], path, issues);
  if (kind === 'map') return checkEntries(field, v as ReadonlyMap<unknown, unknown>, path, issues);
  const nested = checkNested(field, v);
  return nested === undefined ? issues : addNested(issues, nested, path);
}

function checkRules(rules: readonly ValueRule[], op: number, v: unknown, path: string, issues: Issues, subject = ''): Issues {
  for (let i = 0; i < rules.length; i++) {
    if (isViolated(rules[i], op, v)) issues = addViolation(rules[i], path, v, issues, subject);
  }
  return issues;
}

function isAnyViolated(rules: readonly ValueRule[], op: number, v: unknown): boolean {
  for (let i = 0; i < rules.length; i++) if (isViolated(rules[i], op, v)) return true;
  return false;
}

function checkNested(field: FieldPlan, v: unknown): Issues {
  return field.op === MESSAGE ? checkMessage(planOf(field), v as Properties) : undefined;
}

// The path of an element or entry is made only where there is an issue.

function checkItems(field: FieldPlan, list: readonly unknown[], path: string, issues: Issues): Issues {
  const { op, items } = field;
  if (items.length === 0 && op !== MESSAGE) return issues;
  for (let i = 0; i < list.length; i++) {
    const nested = checkNested(field, list[i]);
    if (nested === undefined && !isAnyViolated(items, op, list[i])) continue;
    issues = checkRules(items, op, list[i], `${path}[${i}]`, issues);
    if (nested !== undefined) issues = addNested(issues, nested, `${path}[${i}]`);
    if (issues !== undefined && isFull(issues)) break;
  }
  return issues;
}

function checkEntries(field: FieldPlan, map: ReadonlyMap<unknown, unknown>, path: string, issues: Issues): Issues {
  const { op, keyOp, items, keys, secretKeys } = field;
  if (items.length + keys.length === 0 && op !== MESSAGE) return issues;
  // An empty map needs no iterator.
  if (map.size === 0) return issues;
  for (const [key, value] of map) {
    const nested = checkNested(field, value);
    if (nested === undefined && !isAnyViolated(keys, keyOp, key) && !isAnyViolated(items, op, value)) continue;
    const entry = entryPath(path, secretKeys ? '***' : key);
    issues = checkRules(keys, keyOp, key, entry, issues, 'key: ');
    issues = checkRules(items, op, value, entry, issues);
    if (nested !== undefined) issues = addNested(issues, nested, entry);
    if (issues !== undefined && isFull(issues)) break;
  }
  return issues;
}
