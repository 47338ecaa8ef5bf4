// A message of protobuf-es in the form of this package, so that the two can be compared value by value.
import { type DescField, ScalarType } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { maybeSnakeToCamel } from '../../scripts/protoc-gen-im-protocol/names.js';

export function fromReflect(message: ReflectMessage): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of message.fields) {
    const name = maybeSnakeToCamel(field.name);
    const value = message.isSet(field) ? convert(field, message.get(field)) : undefined;
    if (field.oneof !== undefined) {
      result[maybeSnakeToCamel(field.oneof.name)] ??= message.isSet(field) ? { $case: name, value } : undefined;
    } else {
      const keepsUnset = field.fieldKind === 'message' || field.proto.proto3Optional;
      result[name] = message.isSet(field) || keepsUnset ? value : convert(field, message.get(field));
    }
  }
  return result;
}

function convert(field: DescField, value: unknown): unknown {
  if (field.fieldKind === 'list') return [...(value as ReflectList)].map((item) => one(field, item));
  if (field.fieldKind === 'map') return new Map([...(value as ReflectMap)].map(([key, item]) => [key, one(field, item)]));
  return one(field, value);
}

function one(field: DescField, value: unknown): unknown {
  if (field.message !== undefined) return fromReflect(value as ReflectMessage);
  // protobuf-es keeps the double that it read; a float field holds the nearest float.
  return field.scalar === ScalarType.FLOAT ? Math.fround(value as number) : value;
}
