// The rules of a whole message: groups of fields, sums of bytes, oneofs.
import { addIssue } from '../issues.js';
import { bytesOf } from '../rules.js';
import { hasLaterMember } from '../unknown.js';
import { gotDescending, gotFields, gotTotal } from '../violations.js';
import { commandDataCheck } from './command-data.js';
import { fieldNamed, pathOf } from './fields.js';
import type { FieldPlan, MessageCheck, MessagePlan, MessageRule, OneofPlan } from './plan.js';
import { BYTES, isLong, MESSAGE } from './types.js';
import { either } from './value-rules.js';

type Properties = Record<PropertyKey, unknown>;

export function messageChecks(plan: MessagePlan): MessageCheck[] {
  return [...plan.rules.flatMap((rule) => checksOf(rule, plan)), ...plan.oneofs.flatMap((oneof) => oneofChecks(oneof, plan))];
}

function checksOf({ code, fields: names, max }: MessageRule, plan: MessagePlan): MessageCheck[] {
  const fields = names.map((name) => fieldNamed(plan, name));
  switch (code) {
    case 'm':
      return [groupCheck('at_most_one', fields, (count) => count < 2, 'at most one is allowed')];
    case 'l':
      return [groupCheck('at_least_one', fields, (count) => count > 0, 'at least one is needed')];
    case 'e':
      return [groupCheck('exactly_one', fields, (count) => count === 1, 'exactly one is needed')];
    case 'a':
      return fields.slice(1).map((higher, i) => ascendingCheck(fields[i], higher));
    default:
      return [totalCheck(fields, max)];
  }
}

function groupCheck(
  name: string,
  fields: readonly FieldPlan[],
  isKept: (count: number) => boolean,
  wanted: string,
): MessageCheck {
  return (m, issues) => {
    let count = 0;
    for (const field of fields) if (isSet(field, m)) count++;
    if (isKept(count)) return issues;
    const entries = fields.map((field) => [pathOf(field), isSet(field, m)] as const);
    return addIssue(issues, '', name, gotFields(Object.fromEntries(entries), wanted));
  };
}

/** A field is set when it differs from its default; with presence, when it is defined. */
function isSet({ name, oneof, kind, op, optional, zero }: FieldPlan, m: Properties): boolean {
  if (oneof !== undefined) return (m[oneof] as { $case: string } | undefined)?.$case === name;
  const v = m[name];
  if (v === undefined) return false;
  if (kind === 'map') return (v as ReadonlyMap<unknown, unknown>).size !== 0;
  if (kind === 'list') return (v as readonly unknown[]).length !== 0;
  if (optional || op === MESSAGE) return true;
  return op === BYTES ? (v as Uint8Array).length !== 0 : v !== zero;
}

/** "The numbers of each group do not decrease from one field to the next." */
function ascendingCheck(lower: FieldPlan, higher: FieldPlan): MessageCheck {
  const numberOf = ({ name, op }: FieldPlan, m: Properties) => (m[name] ?? (isLong(op) ? 0n : 0)) as bigint;
  return (m, issues) => {
    const [low, high] = [numberOf(lower, m), numberOf(higher, m)];
    return low > high ? addIssue(issues, '', 'ascending', gotDescending(pathOf(lower), low, pathOf(higher), high)) : issues;
  };
}

function totalCheck(fields: readonly FieldPlan[], max: number): MessageCheck {
  return (m, issues) => {
    let total = 0;
    for (const { name } of fields) total += bytesOf((m[name] ?? '') as string);
    return total > max ? addIssue(issues, '', 'byte_total', gotTotal(total, either(fields.map(pathOf), 'and'), max)) : issues;
  };
}

function oneofChecks({ name, required, later, commandData }: OneofPlan, plan: MessagePlan): MessageCheck[] {
  const checks: MessageCheck[] = [];
  if (required) {
    const members = plan.fields.filter(({ oneof }) => oneof === name).map(pathOf);
    checks.push((m, issues) => {
      // "Unknown fields whose numbers lie in this range are members that a later version added: one of them satisfies `required`."
      if (m[name] !== undefined || (later && hasLaterMember(m, later.first, later.last))) return issues;
      return addIssue(issues, name, 'required', `not set, needs one of ${members.join(', ')}`);
    });
  }
  if (commandData) checks.push(commandDataCheck(name, commandData, plan));
  return checks;
}
