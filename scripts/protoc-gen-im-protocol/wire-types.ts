// Reading and writing of scalar types: functions of src/wire, and maximum sizes.
import type { FieldModel, ScalarName, ValueType } from './model.js';

export interface ScalarCode {
  /** Wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Maximum size of a value in bytes, without its tag; undefined = unbounded. */
  readonly maxBytes: number | undefined;
  /** Literal of the default. */
  readonly zero: string;
  readonly module: 'varint' | 'fixed' | 'text' | 'lists';
  /** Function that reads, and a conversion of its result. */
  readonly read: string;
  readonly convert?: string;
  readonly writeModule: 'write-varint' | 'fixed' | 'text' | 'lists';
  readonly write: string;
  /** Type in TypeScript. */
  readonly type: 'number' | 'bigint' | 'boolean' | 'string' | 'Uint8Array';
}

const varint = { wireType: 0, module: 'varint', writeModule: 'write-varint' } as const;
const fixed = { module: 'fixed', writeModule: 'fixed' } as const;
const int = { maxBytes: 10, zero: '0', type: 'number' } as const;
const long = { maxBytes: 10, zero: '0n', type: 'bigint' } as const;
const four = { wireType: 5, maxBytes: 4, zero: '0', type: 'number' } as const;
const eight = { wireType: 1, maxBytes: 8, zero: '0n', type: 'bigint' } as const;

export const SCALARS: Readonly<Record<ScalarName, ScalarCode>> = {
  int32: { ...varint, ...int, read: 'varint32', write: 'putInt32' },
  uint32: { ...varint, ...int, maxBytes: 5, read: 'varint32', convert: '>>> 0', write: 'putUint32' },
  sint32: { ...varint, ...int, maxBytes: 5, read: 'varintSint32', write: 'putSint32' },
  int64: { ...varint, ...long, read: 'varintInt64', write: 'putInt64' },
  uint64: { ...varint, ...long, read: 'varintUint64', write: 'putUint64' },
  sint64: { ...varint, ...long, read: 'varintSint64', write: 'putSint64' },
  bool: { ...varint, maxBytes: 1, zero: 'false', type: 'boolean', read: 'varintBool', write: 'putBool' },
  fixed32: { ...fixed, ...four, read: 'fixed32At', convert: '>>> 0', write: 'putFixed32' },
  sfixed32: { ...fixed, ...four, read: 'fixed32At', write: 'putSfixed32' },
  float: { ...fixed, ...four, read: 'floatAt', write: 'putFloat' },
  fixed64: { ...fixed, ...eight, read: 'fixed64At', write: 'putFixed64' },
  sfixed64: { ...fixed, ...eight, read: 'sfixed64At', write: 'putSfixed64' },
  double: { ...fixed, ...eight, zero: '0', type: 'number', read: 'doubleAt', write: 'putDouble' },
  string: {
    wireType: 2,
    maxBytes: undefined,
    zero: "''",
    type: 'string',
    module: 'text',
    read: 'textAt',
    writeModule: 'text',
    write: 'putText',
  },
  bytes: {
    wireType: 2,
    maxBytes: undefined,
    zero: 'new Uint8Array(0)',
    type: 'Uint8Array',
    module: 'lists',
    read: 'bytesAt',
    writeModule: 'lists',
    write: 'putBytes',
  },
};

/** The code of a scalar; enums are int32. Undefined for a message. */
export function scalarCode(type: ValueType): ScalarCode | undefined {
  if (type.kind === 'message') return undefined;
  return SCALARS[type.kind === 'enum' ? 'int32' : type.scalar];
}

/** Bytes 1, 2, 5 and so on of a tag, as they are written. */
export function tagBytes(number: number, wireType: number): number[] {
  const bytes: number[] = [];
  let tag = ((number << 3) | wireType) >>> 0;
  for (; tag > 127; tag >>>= 7) bytes.push((tag & 127) | 128);
  return [...bytes, tag];
}

export function tagOf(number: number, wireType: number): number {
  return ((number << 3) | wireType) >>> 0;
}

/** Wire type of a field as it is written. */
export function wireTypeOf(field: FieldModel): number {
  if (field.packed || field.kind === 'map') return 2;
  return scalarCode(field.type)?.wireType ?? 2;
}
