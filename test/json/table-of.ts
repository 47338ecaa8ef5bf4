// Tables made from descriptors, not by the generator under test.
import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { maybeSnakeToCamel } from '../../scripts/protoc-gen-im-protocol/names.js';
import type { EnumTable, FieldTable, MessageTable, ScalarName } from '../../src/wire/table.js';

const tables = new Map<DescMessage, MessageTable>();

export function tableOf(desc: DescMessage): MessageTable {
  let table = tables.get(desc);
  if (table === undefined) {
    const fields = desc.fields.map(fieldOf).sort((a, b) => a.number - b.number);
    table = { name: desc.typeName, fields };
    tables.set(desc, table);
  }
  return table;
}

function fieldOf(desc: DescField): FieldTable {
  const { message, enum: enumDesc } = desc;
  return {
    number: desc.number,
    name: maybeSnakeToCamel(desc.name),
    proto: desc.name,
    json: desc.jsonName,
    ...(desc.oneof && { oneof: maybeSnakeToCamel(desc.oneof.name) }),
    ...((desc.fieldKind === 'list' || desc.fieldKind === 'map') && { kind: desc.fieldKind }),
    type: message ? 'message' : enumDesc ? 'enum' : scalarName(desc.scalar as ScalarType),
    ...(desc.fieldKind === 'map' && { key: scalarName(desc.mapKey) }),
    ...(message && { message: () => tableOf(message) }),
    ...(enumDesc && { enum: () => enumOf(enumDesc) }),
    ...(desc.proto.proto3Optional && { optional: true }),
  };
}

function scalarName(type: ScalarType): ScalarName {
  return ScalarType[type].toLowerCase() as ScalarName;
}

function enumOf(desc: DescEnum): EnumTable {
  const values: Record<number, string> = {};
  const aliases: Record<string, number> = {};
  for (const { name, number } of desc.values) {
    if (number in values) aliases[name] = number;
    else values[number] = name;
  }
  return { name: desc.typeName, values, aliases };
}
