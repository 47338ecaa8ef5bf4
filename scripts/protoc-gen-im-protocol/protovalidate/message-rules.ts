// The rules of a message as a `buf.validate.MessageRules`, and those of a oneof as a `buf.validate.OneofRules`.
import type { DescMessage, DescOneof } from '@bufbuild/protobuf';
import { messageRules as ownRules } from '../message-rules.js';
import type { FieldModel, MessageModel } from '../model.js';
import type { FieldGroup, Settings } from '../settings.js';
import { celField, celHas, celRule } from './cel.js';
import { commandDataRule } from './command-data.js';
import type { TextMessage } from './text-format.js';

/** @returns undefined if there is nothing to check. */
export function messageRules(message: MessageModel, settings: Settings): TextMessage | undefined {
  // Refuses groups that do not fit the message.
  ownRules(message, settings);
  const { atLeastOne = [], ascending = [], byteTotal } = settings.message(message.desc) ?? {};
  const fieldsOf = (group: FieldGroup): FieldModel[] => fieldsNamed(message, group.fields);
  const cel = [
    ...atLeastOne.map((group) => atLeastOneRule(fieldsOf(group))),
    ...ascending.map((group) => ascendingRule(fieldsOf(group))),
    ...(byteTotal ? [byteTotalRule(fieldsNamed(message, byteTotal.fields), byteTotal.maxBytes)] : []),
    ...message.oneofs.flatMap((oneof) => {
      const data = settings.oneof(oneof.desc)?.commandData;
      return data === undefined ? [] : [commandDataRule(message, oneof, data, settings)];
    }),
  ];
  const oneof = groupsOf(message.desc, settings);
  if (cel.length + oneof.length === 0) return undefined;
  return { ...(oneof.length > 0 ? { oneof } : {}), ...(cel.length > 0 ? { cel: withUniqueIds(cel) } : {}) };
}

/** A message may have several groups of a kind: `ascending`, `ascending_2`. */
function withUniqueIds(rules: readonly TextMessage[]): TextMessage[] {
  return rules.map((rule, i) => {
    const earlier = rules.slice(0, i).filter(({ id }) => id === rule.id).length;
    return earlier === 0 ? rule : { ...rule, id: `${rule.id}_${earlier + 1}` };
  });
}

/** Groups as `buf.validate.MessageOneofRule`. */
function groupsOf(desc: DescMessage, settings: Settings): TextMessage[] {
  const { atMostOne = [], exactlyOne = [] } = settings.message(desc) ?? {};
  return [...atMostOne.map(({ fields }) => ({ fields })), ...exactlyOne.map(({ fields }) => ({ fields, required: true }))];
}

/** Whether a group of `buf.validate` has the field. */
export function isGrouped({ desc }: FieldModel, settings: Settings): boolean {
  const { atMostOne = [], exactlyOne = [] } = settings.message(desc.parent) ?? {};
  return [...atMostOne, ...exactlyOne].some(({ fields }) => fields.includes(desc.name));
}

/** With `later_members`, a member that this schema does not know would be refused: the rule is left out. */
export function oneofRules(desc: DescOneof, settings: Settings): TextMessage | undefined {
  const { required, laterMembers } = settings.oneof(desc) ?? {};
  return required && laterMembers === undefined ? { required: true } : undefined;
}

function fieldsNamed({ fields }: MessageModel, names: readonly string[]): FieldModel[] {
  return names.flatMap((name) => fields.find(({ desc }) => desc.name === name) ?? []);
}

function atLeastOneRule(fields: readonly FieldModel[]): TextMessage {
  const names = fields.map(({ desc }) => desc.name).join(', ');
  return celRule('at_least_one', `at least one of ${names} must be set`, fields.map(({ desc }) => celHas(desc)).join(' || '));
}

function ascendingRule(fields: readonly FieldModel[]): TextMessage {
  const names = fields.map(({ desc }) => desc.name).join(', ');
  const pairs = fields.slice(1).map((higher, i) => isAscending(fields[i], higher));
  return celRule(
    'ascending',
    `${names} must not decrease`,
    pairs.length === 1 ? pairs[0] : pairs.map((pair) => `(${pair})`).join(' && '),
  );
}

/** CEL compares signed and unsigned numbers only within their common range. */
function isAscending(lower: FieldModel, higher: FieldModel): string {
  const [a, b] = [celField(lower.desc), celField(higher.desc)];
  if (isUnsigned(lower) === isUnsigned(higher)) return `${a} <= ${b}`;
  return isUnsigned(higher) ? `${a} < 0 || uint(${a}) <= ${b}` : `${b} >= 0 && ${a} <= uint(${b})`;
}

function isUnsigned({ type }: FieldModel): boolean {
  return type.kind === 'scalar' && /^u|^fixed/.test(type.scalar);
}

function byteTotalRule(fields: readonly FieldModel[], max: number): TextMessage {
  const texts = fields.flatMap(textsOf);
  const sum = texts.length === 0 ? '0' : texts.map((text) => `size(bytes(${text}))`).join(' + ');
  const names = fields.map(({ desc }) => desc.name).join(', ');
  return celRule('byte_total', `${names} must have at most ${max} bytes together`, `${sum} <= ${max}`);
}

/** Texts of a field: itself, or all of a list, of the keys and of the values of a map, in one. */
function textsOf({ desc, kind, key, type }: FieldModel): string[] {
  const field = celField(desc);
  const isText = (of: typeof key): boolean => of?.kind === 'scalar' && of.scalar === 'string';
  if (kind === 'one') return [field];
  if (kind === 'list') return [`${field}.join()`];
  return [
    ...(isText(key) ? [`${field}.map(k, k).join()`] : []),
    ...(isText(type) ? [`${field}.map(k, ${field}[k]).join()`] : []),
  ];
}
