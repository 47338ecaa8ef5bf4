// limits.json: every field of version 2 at the edges of its rules, and the rules of its messages.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Vector } from '../../test/vectors/vector.js';
import { type Edge, edgesOf } from './edges.js';
import { isNewField, isNewMessage, kebab } from './newer.js';
import { join, MESSAGES, placed } from './place.js';
import { fieldOf, mapOf, minimal, schema, settings, valueFor } from './values.js';
import { accepted, refused } from './write-vector.js';

export function limitVectors(): Vector[] {
  return [
    ...MESSAGES.flatMap((desc) => desc.fields.filter((field) => isNewMessage(desc) || isNewField(field)).flatMap(ofField)),
    ...MESSAGES.filter(isNewMessage).flatMap(ofMessage),
    ...newEnumValues(),
  ];
}

function ofField(field: DescField): Vector[] {
  return edgesOf(field).flatMap((edge) => {
    // A command needs its data, and `since` of a message of version 1 belongs to commands.json.
    if (isCommand(field)) return [];
    const message = minimal(field.parent, field);
    if (edge.value === undefined) message.clear(field);
    else message.set(field, edge.value as never);
    return [vectorOf(`v2-${kebab(field.parent.name)}-${kebab(field.name)}-${edge.name}`, field, message, edge)];
  });
}

function isCommand(field: DescField): boolean {
  return field.parent.oneofs.some((oneof) => {
    const { commandData } = settings.oneof(oneof) ?? {};
    return commandData?.command === field.name || commandData?.replyTo === field.name;
  });
}

function vectorOf(name: string, field: DescField, message: ReflectMessage, { rule, step = '' }: Edge): Vector {
  const { frame, path } = placed(message);
  const issues = [
    ...(rule === undefined ? [] : [{ path: join(path, field.jsonName + step), rule }]),
    ...messageIssues(message).map((broken) => ({ path, rule: broken })),
  ];
  return issues.length === 0 ? accepted(name, frame) : refused(name, frame, { code: 'INVALID_MESSAGE', issues });
}

/** The rules of the whole message that it breaks. */
function messageIssues(message: ReflectMessage): string[] {
  const { ascending = [], atLeastOne = [], atMostOne = [], exactlyOne = [] } = settings.message(message.desc) ?? {};
  const numbers = (names: readonly string[]): bigint[] =>
    names.map((name) => BigInt(message.get(fieldOf(message.desc, name)) as bigint));
  const countOf = ({ fields }: { fields: readonly string[] }): number =>
    fields.filter((name) => message.isSet(fieldOf(message.desc, name))).length;
  return [
    ...atMostOne.filter((group) => countOf(group) > 1).map(() => 'at_most_one'),
    ...atLeastOne.filter((group) => countOf(group) === 0).map(() => 'at_least_one'),
    ...exactlyOne.filter((group) => countOf(group) !== 1).map(() => 'exactly_one'),
    ...ascending
      .filter(({ fields }) => numbers(fields).some((number, i, all) => i > 0 && number < all[i - 1]))
      .map(() => 'ascending'),
  ];
}

function ofMessage(desc: DescMessage): Vector[] {
  const { ascending = [], atLeastOne = [], exactlyOne = [], byteTotal } = settings.message(desc) ?? {};
  const name = `v2-${kebab(desc.name)}`;
  const one = (suffix: string, set: (message: ReflectMessage) => void, rule?: string): Vector => {
    const message = minimal(desc);
    set(message);
    const { frame, path } = placed(message);
    return rule === undefined
      ? accepted(`${name}-${suffix}`, frame)
      : refused(`${name}-${suffix}`, frame, { code: 'INVALID_MESSAGE', issues: [{ path, rule }] });
  };
  return [
    ...atLeastOne.flatMap(({ fields }) => {
      const all = fields.map((field) => fieldOf(desc, field));
      const choose = (chosen: readonly DescField[]) => (message: ReflectMessage) => {
        for (const field of all) message.clear(field);
        for (const field of chosen) message.set(field, valueOrOne(field));
      };
      return [
        one(`none-of-${fields.map(kebab).join('-')}`, choose([]), 'at_least_one'),
        ...all.map((field) => one(`only-${kebab(field.name)}`, choose([field]))),
        one(`each-of-${fields.map(kebab).join('-')}`, choose(all)),
      ];
    }),
    ...exactlyOne.flatMap(({ fields }) => {
      const all = fields.map((field) => fieldOf(desc, field));
      const choose = (chosen: readonly DescField[]) => (message: ReflectMessage) => {
        for (const field of all) message.clear(field);
        for (const field of chosen) message.set(field, valueOrOne(field));
      };
      return [
        one(`none-of-${fields.map(kebab).join('-')}`, choose([]), 'exactly_one'),
        ...all.map((field) => one(`only-${kebab(field.name)}`, choose([field]))),
        one(
          `both-${all
            .slice(0, 2)
            .map(({ name: field }) => kebab(field))
            .join('-and-')}`,
          choose(all.slice(0, 2)),
          'exactly_one',
        ),
      ];
    }),
    ...ascending.flatMap(({ fields: [low, high] }) => {
      const order = (first: bigint, second: bigint) => (message: ReflectMessage) => {
        message.set(fieldOf(desc, low), first);
        message.set(fieldOf(desc, high), second);
      };
      const large = 2n ** 53n;
      return [
        one('ascending', order(1n, 2n)),
        one('equal', order(2n, 2n)),
        one('descending', order(2n, 1n), 'ascending'),
        one('ascending-above-2-pow-53', order(large, large + 1n)),
        one('descending-above-2-pow-53', order(large + 1n, large), 'ascending'),
      ];
    }),
    ...(byteTotal === undefined ? [] : totals(byteTotal.maxBytes, fieldOf(desc, byteTotal.fields[0]), one)),
  ];
}

/** Of a field whose least valid value is the default, one that counts as set. */
function valueOrOne(field: DescField): never {
  const value = valueFor(field);
  return (value === 0n ? 1n : value) as never;
}

/** A map of texts with a total of one less, exactly, and one more than the limit. */
function totals(
  limit: number,
  field: DescField,
  one: (suffix: string, set: (message: ReflectMessage) => void, rule?: string) => Vector,
): Vector[] {
  if (field.fieldKind !== 'map') throw new Error(`${field.name}: byte_total of something else than a map`);
  const value = 1000;
  const entries = (total: number): [string, string][] => {
    const count = Math.ceil(total / (value + 1));
    return Array.from({ length: count }, (_, i) => [
      String.fromCharCode(97 + i),
      'v'.repeat(i < count - 1 ? value : total - (count - 1) * (value + 1) - 1),
    ]);
  };
  return [limit - 1, limit, limit + 1].map((total) =>
    one(
      `${total}-bytes-of-${kebab(field.name)}`,
      (message) => message.set(field, mapOf(field, entries(total))),
      total > limit ? 'byte_total' : undefined,
    ),
  );
}

/** The values that version 2 adds to enums of version 1. */
function newEnumValues(): Vector[] {
  return [...schema.enums.values()].flatMap((desc) => {
    const added = desc.values.filter((value) => (settings.value(value)?.since ?? 0) > 1 || settings.value(value)?.ignorable);
    const field = MESSAGES.flatMap(({ fields }) => fields).find(
      (one) =>
        one.enum === desc &&
        one.fieldKind === 'enum' &&
        !isCommand(one) &&
        !settings.message(one.parent)?.handshake &&
        !isNewMessage(one.parent),
    );
    if (field === undefined) return [];
    return added
      .filter((value) => !settings.value(value)?.error?.local)
      .map((value) => {
        const message = minimal(field.parent, field);
        message.set(field, value.number);
        return accepted(`v2-${kebab(field.parent.name)}-${kebab(field.name)}-${value.number}`, placed(message).frame);
      });
  });
}
