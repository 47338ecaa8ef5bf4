// Random messages of any table, in the form that the codecs of this package decode to.
import fc from 'fast-check';
import type { FieldTable, MessageTable, ScalarName } from '../../src/wire/table.js';

type Message = Record<string, unknown>;

const I64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const U64 = { min: 0n, max: 2n ** 64n - 1n };
const I32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const U32 = { min: 0, max: 2 ** 32 - 1 };

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', '@type', '$unknown', '你好', '👩‍👩‍👧', '\u0000') },
);

const scalars: Record<ScalarName | 'enum', fc.Arbitrary<unknown>> = {
  double: fc.double(),
  float: fc.float(),
  int64: fc.bigInt(I64),
  sint64: fc.bigInt(I64),
  sfixed64: fc.bigInt(I64),
  uint64: fc.bigInt(U64),
  fixed64: fc.bigInt(U64),
  int32: fc.integer(I32),
  sint32: fc.integer(I32),
  sfixed32: fc.integer(I32),
  uint32: fc.integer(U32),
  fixed32: fc.integer(U32),
  bool: fc.boolean(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 8 }),
  enum: fc.oneof(fc.integer({ min: -4, max: 12 }), fc.integer(I32)),
};

/** Whole messages of this type, at most `depth` levels deep, with the ranges that JSON asks of the well-known types. */
export function arbitraryMessage(table: MessageTable, depth = 3): fc.Arbitrary<Message> {
  const special = wellKnown(table, depth);
  if (special !== undefined) return special;
  const properties: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of table.fields) {
    if (field.oneof === undefined) properties[field.name] = arbitraryField(field, depth);
    else properties[field.oneof] ??= arbitraryOneof(table, field.oneof, depth);
  }
  return fc.record(properties);
}

function arbitraryField(field: FieldTable, depth: number): fc.Arbitrary<unknown> {
  if (field.kind === 'list') return isTooDeep(field, depth) ? fc.constant([]) : fc.array(value(field, depth), { maxLength: 3 });
  if (field.kind === 'map') {
    if (isTooDeep(field, depth)) return fc.constant(new Map());
    return fc.array(fc.tuple(scalars[field.key!], value(field, depth)), { maxLength: 3 }).map((entries) => new Map(entries));
  }
  if (isTooDeep(field, depth)) return fc.constant(undefined);
  return field.optional || field.type === 'message' ? fc.option(value(field, depth), { nil: undefined }) : value(field, depth);
}

function arbitraryOneof(table: MessageTable, oneof: string, depth: number): fc.Arbitrary<unknown> {
  const members = table.fields.filter((field) => field.oneof === oneof && !isTooDeep(field, depth));
  const chosen = members.map((field) => value(field, depth).map((x) => ({ $case: field.name, value: x })));
  return fc.oneof(fc.constant(undefined), ...chosen);
}

function isTooDeep(field: FieldTable, depth: number): boolean {
  return field.type === 'message' && depth === 0;
}

function value(field: FieldTable, depth: number): fc.Arbitrary<unknown> {
  if (field.enum?.().name === 'google.protobuf.NullValue') return fc.constant(0);
  return field.type === 'message' ? arbitraryMessage(field.message!(), depth - 1) : scalars[field.type];
}

function wellKnown(table: MessageTable, depth: number): fc.Arbitrary<Message> | undefined {
  switch (table.name) {
    case 'google.protobuf.Timestamp':
      return fc.record({
        seconds: fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }),
        nanos: fc.oneof(fc.constantFrom(0, 1, 1000, 1_000_000, 999_999_999), fc.integer({ min: 0, max: 999_999_999 })),
      });
    case 'google.protobuf.Duration':
      return fc
        .tuple(fc.bigInt({ min: 0n, max: 315_576_000_000n }), fc.integer({ min: 0, max: 999_999_999 }), fc.boolean())
        .map(([seconds, nanos, negative]) => (negative ? { seconds: -seconds, nanos: 0 - nanos } : { seconds, nanos }));
    case 'google.protobuf.FieldMask':
      return fc.record({
        paths: fc.array(fc.constantFrom('a', 'foo_bar', 'foo.bar_baz', 'user.display_name', 'x1'), { maxLength: 3 }),
      });
    case 'google.protobuf.Struct':
      return fc.array(fc.tuple(text, jsonValue(depth)), { maxLength: 3 }).map((entries) => ({ fields: new Map(entries) }));
    case 'google.protobuf.ListValue':
      return fc.array(jsonValue(depth), { maxLength: 3 }).map((values) => ({ values }));
    case 'google.protobuf.Value':
      return jsonValue(depth);
    case 'google.protobuf.Any':
      return fc.oneof(
        fc.constant({ typeUrl: '', value: new Uint8Array(0) }),
        fc.record({ typeUrl: text.map((host) => `${host}/com.example.Poll`), value: scalars.bytes }),
      );
    default:
      return undefined;
  }
}

/** A google.protobuf.Value. JSON.stringify writes -0 as 0, and it has no other number to write here. */
function jsonValue(depth: number): fc.Arbitrary<Message> {
  const kind = ($case: string, values: fc.Arbitrary<unknown>) => values.map((x) => ({ kind: { $case, value: x } }));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const leaves = [
    kind('nullValue', fc.constant(0)),
    kind('numberValue', number),
    kind('stringValue', text),
    kind('boolValue', fc.boolean()),
  ];
  if (depth <= 0) return fc.oneof(...leaves);
  const inner = fc.array(jsonValue(depth - 1), { maxLength: 2 });
  return fc.oneof(
    ...leaves,
    kind(
      'listValue',
      inner.map((values) => ({ values })),
    ),
    kind(
      'structValue',
      inner.map((values) => ({ fields: new Map(values.map((x, i) => [`k${i}`, x])) })),
    ),
  );
}
