// The rules of a whole message: groups of fields, sums of bytes, oneofs.
import { addIssue } from '../issues.js';
import { bytesOf } from '../rules.js';
import { hasLaterMember } from '../unknown.js';
import { gotDescending, gotTotal } from '../violations.js';
import { commandDataCheck } from './command-data.js';
import { fieldNamed, isSet, pathOf } from './fields.js';
import type { FieldPlan, MessageCheck, MessagePlan, MessageRule, OneofPlan } from './plan.js';
import { isLong } from './types.js';
import { either } from './value-rules.js';

type Properties = Record<PropertyKey, unknown>;

export function messageChecks(plan: MessagePlan): MessageCheck[] {
  return [
    ...plan.rules.flatMap((rule) => checksOf(rule, plan)),
    ...plan.oneofs.flatMap((oneof) => oneofChecks(oneof, plan)),
    ...plan.fields.filter(({ oneof, required }) => oneof !== undefined && required).map(memberCheck),
  ];
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
    const set = fields.filter((field) => isPresent(field, m));
    if (isKept(set.length)) return issues;
    return addIssue(issues, '', name, `got ${set.map(pathOf).join(' and ') || 'none'}, ${wanted}`);
  };
}

/** A field is set when it differs from its default, -0 does not; with presence, when it is defined. */
function isPresent(field: FieldPlan, m: Properties): boolean {
  const { name, oneof, optional } = field;
  if (oneof !== undefined) return (m[oneof] as { $case: string } | undefined)?.$case === name;
  const v = m[name];
  return v !== undefined && isSet(field, v) && (optional === true || v !== 0);
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

/** `required` of a member of a oneof. */
function memberCheck(field: FieldPlan): MessageCheck {
  return (m, issues) => (isPresent(field, m) ? issues : addIssue(issues, pathOf(field), 'required', 'not set'));
}
