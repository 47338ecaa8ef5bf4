import { createFileRegistry, fromBinary, ScalarType } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** Prints all messages and enums of a package, and Any, as one .proto file that has no options and no imports. */
export function plainSchema(image, packageName) {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const types = [...registry].filter(({ kind, typeName }) => {
    const isOurs = typeName.startsWith(`${packageName}.`) || typeName === 'google.protobuf.Any';
    return isOurs && (kind === 'message' || kind === 'enum');
  });
  const printed = types.map((type) => (type.kind === 'enum' ? plainEnum(type) : plainMessage(type)));
  return ['syntax = "proto3";', `package ${packageName};`, ...printed, ''].join('\n');
}

function plainEnum({ name, values }) {
  return block(
    `enum ${name}`,
    values.map((value) => `${value.name} = ${value.number};`),
  );
}

function plainMessage({ name, members }) {
  const lines = members.map((member) =>
    member.kind === 'oneof' ? block(`oneof ${member.name}`, member.fields.map(plainField)) : plainField(member),
  );
  return block(`message ${name}`, lines);
}

function plainField(field) {
  return `${typeOf(field)} ${field.name} = ${field.number};`;
}

function typeOf(field) {
  const name = field.message?.name ?? field.enum?.name ?? ScalarType[field.scalar]?.toLowerCase();
  if (field.fieldKind === 'list') return `repeated ${name}`;
  if (field.fieldKind === 'map') return `map<${ScalarType[field.mapKey].toLowerCase()}, ${name}>`;
  return name;
}

function block(head, lines) {
  return `${head} {\n${lines.join('\n')}\n}`;
}
