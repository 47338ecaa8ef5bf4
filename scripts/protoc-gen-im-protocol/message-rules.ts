// The rules of a whole message: groups of fields, sums of bytes, oneofs. Their `value` is the message, in which every field is optional.
import { commandDataRule } from './command-data.js';
import type { FieldModel, MessageModel, OneofModel } from './model.js';
import { literal, propertyKey } from './quote.js';
import { either, type Rule, type Scope } from './rule.js';
import { schemaError } from './schema-error.js';
import type { Settings } from './settings.js';
import { isLong } from './value-rules.js';

export function messageRules(message: MessageModel, settings: Settings): Rule[] {
  const { atMostOne = [], atLeastOne = [], exactlyOne = [], ascending = [], byteTotal } = settings.message(message.desc) ?? {};
  const byName = (rule: string, names: readonly string[], fewest: number) => fieldsNamed(message, rule, names, fewest);
  return [
    ...atMostOne.map((group) =>
      groupRule('at_most_one', '> 1', 'at most one is allowed', byName('at_most_one', group.fields, 2)),
    ),
    ...atLeastOne.map((group) =>
      groupRule('at_least_one', '=== 0', 'at least one is needed', byName('at_least_one', group.fields, 2)),
    ),
    ...exactlyOne.map((group) =>
      groupRule('exactly_one', '!== 1', 'exactly one is needed', byName('exactly_one', group.fields, 1)),
    ),
    ...ascending.flatMap((group) => ascendingRules(byName('ascending', group.fields, 2))),
    ...(byteTotal ? [byteTotalRule(byName('byte_total', byteTotal.fields, 1), byteTotal.maxBytes)] : []),
    ...message.oneofs.flatMap((oneof) => oneofRules(message, oneof, settings)),
    ...message.fields.flatMap((field) => memberRules(field, settings.standard.field(field)?.required ?? false)),
  ];
}

/** The fields that a rule names: at least `fewest`, without duplicates. */
function fieldsNamed({ desc, fields }: MessageModel, rule: string, names: readonly string[], fewest: number): FieldModel[] {
  if (names.length < fewest) {
    const wanted = fewest === 1 ? 'one field' : `${fewest} fields`;
    throw schemaError(desc, `${rule} needs at least ${wanted}, got ${names.length}`);
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw schemaError(desc, `${rule} names the field ${twice} twice`);
  return names.map((name) => {
    const field = fields.find((f) => f.desc.name === name);
    if (!field) throw schemaError(desc, `${rule} names a field ${JSON.stringify(name)}, which it does not have`);
    return field;
  });
}

/** "Of the fields of each group at most one may be set", "at least one is set", "exactly one is set". */
function groupRule(name: string, condition: Condition, wanted: string, fields: FieldModel[]): Rule {
  return {
    name,
    violated: (m) =>
      violatesGroup(
        fields.map((field) => isSet(m, field)),
        condition,
      ),
    text: (m, scope) => {
      const entries = fields.map((field) => `${propertyKey(field.desc.jsonName)}: ${isSet(m, field)}`);
      return `${scope.wire('violations', 'gotFields')}({ ${entries.join(', ')} }, ${literal(wanted)})`;
    },
    refusesDefault: condition !== '> 1',
  };
}

/** The number of set fields that breaks the rule of a group. */
type Condition = '> 1' | '=== 0' | '!== 1';

/** Counts conditions. Two of them are compared instead. */
function violatesGroup(conditions: readonly string[], condition: Condition): string {
  if (condition === '=== 0') return conditions.map((each) => `!(${each})`).join(' && ');
  if (conditions.length !== 2) return `${conditions.map((each) => `Number(${each})`).join(' + ')} ${condition}`;
  return conditions.map((each) => `(${each})`).join(condition === '> 1' ? ' && ' : ' === ');
}

/** A field is set when it differs from its default; with presence, when it is defined. */
function isSet(m: string, { name, oneof, kind, type, presence }: FieldModel): string {
  if (oneof !== undefined) return `${m}.${oneof}?.$case === ${literal(name)}`;
  const value = `${m}.${name}`;
  if (kind === 'list') return `(${value} ?? []).length !== 0`;
  if (kind === 'map') return `(${value}?.size ?? 0) !== 0`;
  if (presence) return `${value} !== undefined`;
  if (type.kind === 'enum') return `(${value} ?? 0) !== 0`;
  if (type.kind === 'message' || type.scalar === 'bool') return `(${value} ?? false)`;
  if (type.scalar === 'string' || type.scalar === 'bytes') return `(${value}?.length ?? 0) !== 0`;
  return isLong(type.scalar) ? `(${value} ?? 0n) !== 0n` : `(${value} ?? 0) !== 0`;
}

/** "The numbers of each group do not decrease from one field to the next." */
function ascendingRules(fields: readonly FieldModel[]): Rule[] {
  const numberOf = (m: string, { name, oneof, kind, type, presence, desc }: FieldModel): string => {
    const isInteger = type.kind === 'scalar' && !/^(bool|string|bytes|float|double)$/.test(type.scalar);
    if (kind !== 'one' || oneof !== undefined || presence || !isInteger) throw schemaError(desc, 'ascending is for integers');
    return `(${m}.${name} ?? ${isLong(type.scalar) ? '0n' : '0'})`;
  };
  return fields.slice(1).map((higher, i) => ({
    name: 'ascending',
    violated: (m) => `${numberOf(m, fields[i])} > ${numberOf(m, higher)}`,
    text: (m, scope) => {
      const names = [fields[i], higher].map(({ desc }) => literal(desc.jsonName));
      return `${scope.wire('violations', 'gotDescending')}(${names[0]}, ${numberOf(m, fields[i])}, ${names[1]}, ${numberOf(m, higher)})`;
    },
    refusesDefault: false,
  }));
}

/** "The UTF-8 bytes of all these fields together are bounded." */
function byteTotalRule(fields: FieldModel[], max: number): Rule {
  const names = literal(either(fields.map((field) => field.desc.jsonName)).replace(' or ', ' and '));
  const sum = (m: string, scope: Scope, unit: 'bytes' | 'chars'): string => {
    const counts = fields.map(({ name, kind, oneof, type, desc }) => {
      if (oneof !== undefined || (kind !== 'map' && !(type.kind === 'scalar' && type.scalar === 'string'))) {
        throw schemaError(desc, `byte_total counts strings, lists of them, and maps`);
      }
      if (unit === 'bytes') return `${scope.wire('rules', 'bytesOf')}(${m}.${name} ?? '')`;
      const counted = scope.charsOfMaps.get(desc);
      if (kind === 'map')
        return counted ?? `${scope.wire('rules', 'charsOfMap')}(${m}.${name} ?? ${scope.wire('rules', 'NO_ENTRIES')})`;
      if (kind === 'list') return `${scope.wire('rules', 'charsOfList')}(${m}.${name} ?? ${scope.wire('rules', 'NO_ITEMS')})`;
      return `(${m}.${name}?.length ?? 0)`;
    });
    return counts.join(' + ');
  };
  return {
    name: 'byte_total',
    // A UTF-16 code unit takes at most three bytes, so bytes are rarely counted.
    violated: (m, scope) => `(${sum(m, scope, 'chars')}) * 3 > ${max} && ${sum(m, scope, 'bytes')} > ${max}`,
    text: (m, scope) => `${scope.wire('violations', 'gotTotal')}(${sum(m, scope, 'bytes')}, ${names}, ${max})`,
    refusesDefault: false,
  };
}

function oneofRules(message: MessageModel, oneof: OneofModel, settings: Settings): Rule[] {
  const { required, laterMembers, commandData } = settings.oneof(oneof.desc) ?? {};
  const rules: Rule[] = [];
  if (required) {
    rules.push({
      name: 'required',
      oneof: oneof.name,
      // "Unknown fields whose numbers lie in this range are members that a later version added: one of them satisfies `required`."
      violated: (m, scope) =>
        laterMembers
          ? `${m}.${oneof.name} === undefined && !${scope.wire('unknown', 'hasLaterMember')}(${m}, ${laterMembers.first}, ${laterMembers.last})`
          : `${m}.${oneof.name} === undefined`,
      text: () => literal(`not set, needs one of ${oneof.fields.map((field) => field.desc.jsonName).join(', ')}`),
      refusesDefault: !laterMembers,
    });
  }
  if (commandData) rules.push(commandDataRule(message, oneof, commandData));
  return rules;
}

/** `required` of a member of a oneof, which rules of buf.validate can say: the oneof has this member and no other. */
function memberRules({ desc, name, oneof }: FieldModel, required: boolean): Rule[] {
  if (oneof === undefined || !required) return [];
  return [
    {
      name: 'required',
      oneof: desc.jsonName,
      violated: (m) => `${m}.${oneof}?.$case !== ${literal(name)}`,
      text: () => literal('not set'),
      refusesDefault: false,
    },
  ];
}
