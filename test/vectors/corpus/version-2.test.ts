// vectors/version-2/ has everything that version 2 adds, at each edge of its rules: read from the schema and from the vectors, not from the
// program that wrote them.
import { inflateRawSync } from 'node:zlib';
import { type DescEnum, type DescField, type DescMessage, type DescOneof, fromBinary } from '@bufbuild/protobuf';
import { type ReflectList, type ReflectMap, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../scripts/breaking/baseline.js';
import { readSchema } from '../../../scripts/breaking/schema.js';
import { allVectorsOf, bytesOf, VERSION_2_FRAME_FILES, type Vector } from '../load.js';
import { withNested } from './decoded.js';
import { valueEdges } from './value-edges.js';

const schema = readSchema(buildImage());
const { settings } = schema;
const messages = [...schema.messages.values()].filter(({ typeName }) => typeName.startsWith('im.protocol.v1.'));
const byType = new Map(messages.map((desc) => [settings.message(desc)?.frameType ?? 0, desc]));
const isNew = (desc: DescMessage): boolean => (settings.message(desc)?.since ?? 0) > 1;
const fields = messages.flatMap((desc) => desc.fields.filter((field) => isNew(desc) || (settings.field(field)?.since ?? 0) > 1));

interface Decoded {
  readonly vector: Vector;
  readonly message: ReflectMessage;
}

const decoded: readonly Decoded[] = VERSION_2_FRAME_FILES.flatMap(allVectorsOf).flatMap((vector) => {
  const bytes = bytesOf(vector.hex);
  const desc = byType.get(bytes[5]);
  if (desc === undefined || bytes[5] === 0) return [];
  try {
    return [
      { vector, message: reflect(desc, fromBinary(desc, bytes[7] & 1 ? inflateRawSync(bytes.subarray(8)) : bytes.subarray(8))) },
    ];
  } catch {
    return [];
  }
});

const group = (all: Iterable<ReflectMessage>): Map<DescMessage, ReflectMessage[]> => {
  const found = new Map<DescMessage, ReflectMessage[]>();
  for (const message of all) found.set(message.desc, [...(found.get(message.desc) ?? []), message]);
  return found;
};
const nested = (wanted: (vector: Vector) => boolean): ReflectMessage[] =>
  decoded.filter(({ vector }) => wanted(vector)).flatMap(({ message }) => [...withNested(message)]);
const accepted = group(nested(({ frame }) => frame !== undefined));
const of = (desc: DescMessage): ReflectMessage[] => accepted.get(desc) ?? [];
/** Refused for exactly this rule. */
const refusedFor = (rule: string, desc: DescMessage): ReflectMessage[] =>
  nested(({ error }) => error?.issues?.some((issue) => issue.rule === rule) === true).filter((message) => message.desc === desc);

it.each(fields.map((field) => [`${field.parent.name}.${field.name}`, field] as const))(
  '%s is set in a frame that is accepted',
  (_name, field) => {
    expect(of(field.parent).some((message) => message.isSet(field))).toBe(true);
  },
);

describe.each(
  fields.filter((field) => settings.field(field)).map((field) => [`${field.parent.name}.${field.name}`, field] as const),
)('%s', (_name, field) => {
  it('has vectors at both sides of its edges', () => {
    const own = settings.field(field)!;
    const parts: [typeof own | undefined, (message: ReflectMessage) => unknown[]][] = [
      [own, (message) => [message.get(field)]],
      [own.items, (message) => [...(message.get(field) as ReflectList)]],
      [own.keys, (message) => [...(message.get(field) as ReflectMap).keys()]],
      [own.values, (message) => [...(message.get(field) as ReflectMap).values()]],
    ];
    const missing = parts.flatMap(([inner, values]) => {
      if (inner === undefined || isCommand(field)) return [];
      return valueEdges(settings.rules(inner))
        .filter(
          ({ rule, accepted: wanted, holds }) =>
            !(wanted ? of(field.parent) : refusedFor(rule, field.parent)).some((m) => values(m).some(holds)),
        )
        .filter((edge) => !(field.scalar !== undefined && isUnreachable(field, edge.text)))
        .map(({ rule, text, accepted: wanted }) => `${rule}: ${text} is ${wanted ? 'accepted' : 'refused'}`);
    });
    if (own.required && refusedFor('required', field.parent).every((message) => message.isSet(field)))
      missing.push('required: not set is refused');
    expect(missing).toEqual([]);
  });
});

/** The command of a message has vectors in commands.json. */
function isCommand(field: DescField): boolean {
  return field.parent.oneofs.some((oneof) => settings.oneof(oneof)?.commandData?.command === field.name);
}

/** A number that the type cannot hold. */
function isUnreachable(field: DescField, text: string): boolean {
  return text === '-1' && field.scalar === 13;
}

const oneofs = messages.flatMap((desc) => desc.oneofs);

it.each(
  oneofs
    .filter((oneof) => isNew(oneof.parent) && settings.oneof(oneof)?.required)
    .map((oneof) => [`${oneof.parent.name}.${oneof.name}`, oneof] as const),
)('%s left out is refused', (_name, oneof: DescOneof) => {
  expect(refusedFor('required', oneof.parent).some((message) => message.oneofCase(oneof) === undefined)).toBe(true);
});

const rules = messages.filter(isNew).flatMap((desc) => {
  const { atLeastOne = [], exactlyOne = [], ascending = [], byteTotal } = settings.message(desc) ?? {};
  return [
    ...atLeastOne.map(() => [desc.name, 'at_least_one', desc] as const),
    ...exactlyOne.map(() => [desc.name, 'exactly_one', desc] as const),
    ...ascending.map(() => [desc.name, 'ascending', desc] as const),
    ...(byteTotal === undefined ? [] : [[desc.name, 'byte_total', desc] as const]),
  ];
});

it.each(rules)('%s: %s is broken by a vector', (_name, rule, desc) => {
  expect(refusedFor(rule, desc)).not.toEqual([]);
});

const newEnums = [...schema.enums.values()].filter(({ typeName }) => typeName.startsWith('im.protocol.v1.'));

it.each(newEnums.map((desc) => [desc.name, desc] as const))('%s: each value of version 2 occurs', (_name, desc: DescEnum) => {
  const numbers = new Set(
    [...accepted.values()].flat().flatMap((message) =>
      message.fields.flatMap((field) => {
        if (field.enum !== desc) return [];
        return field.fieldKind === 'list'
          ? ([...(message.get(field) as ReflectList)] as number[])
          : [message.get(field) as number];
      }),
    ),
  );
  const isSent = (number: number): boolean => number !== 0 && !settings.value(desc.value[number])?.error?.local;
  const added = desc.values.filter((value) => (settings.value(value)?.since ?? 0) > 1 || settings.value(value)?.ignorable);
  expect(added.filter(({ number }) => isSent(number) && !numbers.has(number)).map(({ name }) => name)).toEqual([]);
});
