// Writes the text form of a schema, which src/wire/plan/schema.ts describes and reads.
import type { AnyRule, EnumPlan, FieldPlan, MessagePlan, OneofPlan } from '../../src/wire/plan/plan.js';
import { FORM_VERSION } from '../../src/wire/plan/schema.js';
import { LETTERS } from '../../src/wire/plan/types.js';
import type { StandardRule } from '../../src/wire/standard/rule.js';

/** A schema as plans, by the names of types in the text. */
export interface DescribedSchema {
  /** The package of most types. */
  readonly package: string;
  readonly messages: ReadonlyMap<string, MessagePlan>;
  readonly enums: ReadonlyMap<string, EnumPlan>;
  /** Rules beside the text, which has their indexes. */
  readonly rules?: readonly StandardRule[] | undefined;
}

/** Which names of enum values are written: all, those that errors show, none. */
export type EnumNames = 'all' | 'shown';

export function formatSchema(schema: DescribedSchema, names: EnumNames = 'all'): string {
  const prefix = schema.package === '' ? '' : `${schema.package}.`;
  const blocks = [
    ...[...schema.messages].map(([key, plan]) => `>${formatMessage(key, plan, prefix, schema.rules)}`),
    ...[...schema.enums].map(([key, plan]) => `<${formatEnum(key, plan, prefix, names)}`),
  ];
  return [[FORM_VERSION, schema.package].join(' '), ...blocks].join();
}

/** Escapes what separates: white space, `,`, `|`, and all that is not visible. Also `%`, with which an escape begins. */
export function escapeText(text: string): string {
  return text.replace(/[%,|\s\p{C}]/gu, (char) => encodeURIComponent(char));
}

function formatMessage(key: string, plan: MessagePlan, prefix: string, beside: readonly StandardRule[] = []): string {
  const head = [`${plan.since ?? ''}${key}`];
  if (plan.name !== prefix + key) head.push(`=${plan.name}`);
  if (plan.frame !== undefined) head.push(`f${plan.frame}`);
  if (plan.newest !== plan.since) head.push(`n${plan.newest}`);
  const items = [head.join(' ')];
  // The first mention of each oneof gives its place and its rules. Where the order of the members would give another, all are mentioned first.
  const mentioned = [...new Set(plan.fields.flatMap(({ oneof }) => oneof ?? []))];
  const isInOrder = plan.oneofs.every(({ name }, i) => mentioned[i] === name);
  const unmentioned = new Map(plan.oneofs.map((oneof) => [oneof.name, oneof]));
  const mention = (name: string): void => {
    const oneof = unmentioned.get(name);
    unmentioned.delete(name);
    items.push(oneof === undefined ? `@${name}` : formatOneof(oneof));
  };
  if (!isInOrder) for (const { name } of plan.oneofs) mention(name);
  let open = isInOrder ? '' : (plan.oneofs.at(-1)?.name ?? '');
  let number = 0;
  for (const field of plan.fields) {
    const { oneof = '' } = field;
    if (oneof !== open) mention(oneof);
    open = oneof;
    items.push(formatField(field, number + 1, beside));
    number = field.number;
  }
  for (const { code, fields, max } of plan.rules) items.push([`&${code}`, ...(code === 't' ? [max] : []), ...fields].join(' '));
  return items.join();
}

function formatOneof({ name, required, later, commandData }: OneofPlan): string {
  const tokens = [`@${name}`];
  if (required) tokens.push(later ? `r${later.first}-${later.last}` : 'r');
  if (commandData) {
    const { command, optional, betweenServices, replyTo } = commandData;
    tokens.push(`c${command}`);
    if (optional) tokens.push('o');
    if (betweenServices) tokens.push('b');
    if (replyTo !== undefined) tokens.push(`p${replyTo}`);
  }
  return tokens.join(' ');
}

function formatField(field: FieldPlan, nextNumber: number, beside: readonly StandardRule[]): string {
  const { number, name, op, kind, keyOp, ref } = field;
  const shape = kind === 'list' ? '*' : kind === 'map' ? `:${LETTERS[keyOp]}` : '';
  const flags = [
    field.optional ? '?' : '',
    field.secret ? '!' : '',
    field.routing ? '%' : '',
    field.platform ? '^' : '',
    field.unpacked ? '#' : '',
    field.deprecated ? '-' : '',
    field.unchecked ? '+' : '',
  ].join('');
  const isOther = ref !== '' && ref !== name[0].toUpperCase() + name.slice(1);
  const head = `${number === nextNumber ? '' : number}${LETTERS[op]}${shape}${flags}${name}${isOther ? `=${ref}` : ''}`;
  return [head, ...formatRules(field, beside)].join(' ');
}

function formatRules(field: FieldPlan, beside: readonly StandardRule[]): string[] {
  const { json, proto, required, since, ignorable, kind, rules, items, keys } = field;
  const tokens: string[] = [];
  if (json !== undefined) tokens.push(`j${escapeText(json)}`);
  if (proto !== undefined) tokens.push(`o${proto}`);
  if (required) tokens.push('r');
  if (ignorable || since !== undefined) tokens.push(`${ignorable ? 'i' : 'v'}${since ?? ''}`);
  tokens.push(...formatValueRules(rules, beside));
  if (kind === undefined) return tokens;
  const secretOf = (part: boolean): string[] => (part && !field.secret ? ['s'] : []);
  const ofItems = [...secretOf(field.secretItems), ...formatValueRules(items, beside)];
  const ofKeys = [...secretOf(field.secretKeys), ...formatValueRules(keys, beside)];
  return [...tokens, ...(ofItems.length > 0 ? ['.', ...ofItems] : []), ...(ofKeys.length > 0 ? [';', ...ofKeys] : [])];
}

function formatValueRules(rules: readonly AnyRule[], beside: readonly StandardRule[]): string[] {
  // From the first one that allows the default, all do.
  const first = rules.findIndex((rule) => rule.code !== undefined && rule.orDefault);
  return rules.flatMap((rule, i) => [...(i === first ? ['0'] : []), formatRule(rule, beside)]);
}

function formatRule(rule: AnyRule, beside: readonly StandardRule[]): string {
  if (rule.code === undefined) return `~${beside.indexOf(rule)}`;
  const { code, limit } = rule;
  if (code === '[' || code === ']') return code + escapeText(limit as string);
  if (typeof limit === 'object') return code + limit.map(escapeText).join('|');
  return /[but]/.test(code) ? code : `${code}${limit}`;
}

function formatEnum(key: string, plan: EnumPlan, prefix: string, names: EnumNames): string {
  const { values, aliases = {}, commands, since = {}, ignorable = [] } = plan;
  // Violations name commands, and LOSSY_DOWNGRADE what an older peer would misread.
  const isNamed = (number: number): boolean =>
    names === 'all' || commands.has(number) || (since[number] !== undefined && !ignorable.includes(number));
  const isWritten = (number: number): boolean => isNamed(number) || since[number] !== undefined;
  const numbers = Object.keys(values)
    .map(Number)
    .filter(isWritten)
    .sort((a, b) => a - b);
  const head = [key];
  if (plan.applicationFrom > 0) head.push(`${plan.applicationFrom}`, plan.applicationData);
  if (plan.name !== prefix + key) head.push(`=${plan.name}`);
  if (numbers.some(isNamed)) head.splice(1, 0, plan.prefix);
  const items = [head.join(' ')];
  let next = 0;
  for (const number of numbers) {
    items.push(formatValue(plan, number, next, isNamed(number)));
    if (names === 'all') {
      for (const [alias, of] of Object.entries(aliases)) {
        if (of === number) items.push(`${number}${alias.slice(plan.prefix.length)}`);
      }
    }
    next = number + 1;
  }
  return items.join();
}

function formatValue(plan: EnumPlan, number: number, next: number, isNamed: boolean): string {
  const { values, prefix, commands, since, ignorable, older } = plan;
  const command = commands.get(number);
  const carried = command
    ? `:${command.data.join('|')}${command.betweenServices ? '+' : ''}${command.resultWithoutData ? '-' : ''}`
    : '';
  const name = isNamed ? values[number].slice(prefix.length) : '';
  const tokens = [`${number === next ? '' : number}${name}${carried}`];
  if (since?.[number] !== undefined) tokens.push(`${ignorable?.includes(number) ? 'i' : 'v'}${since[number]}`);
  if (older?.[number] !== undefined) tokens.push(`o${older[number]}`);
  return tokens.join(' ');
}
