// Random messages of any table, for fast-check: every field, every type, edges included.
import fc from 'fast-check';
import type { FieldTable, MessageTable } from '../src/wire/table.js';

const int = (min: number, max: number) =>
  fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, -1 < min ? min : -1, 0, 1, 127, 128, max));
const long = (min: bigint, max: bigint) => fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, 0n, 1n, 1n << 53n, max));
const SIGNED = long(-(1n << 63n), (1n << 63n) - 1n);
const UNSIGNED = long(0n, (1n << 64n) - 1n);
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.constantFrom('', '你好，世界', '\ufeffBOM', '\ufffd', '𝄞'.repeat(50), '汉'.repeat(200), 'é'.repeat(100)),
);

function scalar(type: FieldTable['type']): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return TEXT;
    case 'bytes':
      return fc.uint8Array({ maxLength: 300 });
    case 'bool':
      return fc.boolean();
    case 'float':
      return fc.float();
    case 'double':
      return fc.double();
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return SIGNED;
    case 'uint64':
    case 'fixed64':
      return UNSIGNED;
    case 'uint32':
    case 'fixed32':
      return int(0, 0xffff_ffff);
    default:
      return int(-(2 ** 31), 2 ** 31 - 1);
  }
}

/** Whole messages of `table`, as decode returns them. */
export function messages(table: MessageTable, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const value = (field: FieldTable): fc.Arbitrary<unknown> => {
    if (field.message) return messages(field.message(), depth + 1);
    const named = Object.keys(field.enum?.().values ?? {}).map(Number);
    return named.length > 0 ? fc.oneof(scalar(field.type), fc.constantFrom(...named)) : scalar(field.type);
  };
  const properties: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of table.fields) {
    // Recursive messages end somewhere.
    const leaf = depth >= 2 && field.type === 'message';
    if (field.oneof !== undefined) {
      const member = leaf ? fc.constant(undefined) : fc.record({ $case: fc.constant(field.name), value: value(field) });
      const others = properties[field.oneof];
      properties[field.oneof] = others
        ? fc.oneof({ weight: 2, arbitrary: others }, { weight: 1, arbitrary: member })
        : fc.oneof(fc.constant(undefined), member);
    } else if (field.kind === 'list') {
      properties[field.name] = leaf ? fc.constant([]) : fc.array(value(field), { maxLength: 4 });
    } else if (field.kind === 'map') {
      const key = scalar(field.key as FieldTable['type']);
      properties[field.name] = leaf
        ? fc.constant(new Map())
        : fc.array(fc.tuple(key, value(field)), { maxLength: 2 }).map((entries) => new Map(entries));
    } else if (field.optional || field.type === 'message') {
      properties[field.name] = leaf ? fc.constant(undefined) : fc.option(value(field), { nil: undefined });
    } else {
      properties[field.name] = value(field);
    }
  }
  return fc.record(properties);
}
