// Wire types of fields, and their names in error texts.
import { CodecError } from './codec-error.js';
import type { FieldTable } from './table.js';

export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

const TEXTS = ['varint', '64-bit', 'length-delimited', 'start group', 'end group', '32-bit'];

/** The wire type of a value of this type. */
export function wireTypeOf(type: FieldTable['type']): number {
  switch (type) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return FIXED64;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return FIXED32;
    case 'string':
    case 'bytes':
    case 'message':
      return DELIMITED;
    default:
      return VARINT;
  }
}

/** Whether a field may have this wire type: "for a list of numbers both packed and unpacked are its own". */
export function fitsWireType({ kind, type }: FieldTable, wireType: number): boolean {
  if (kind === 'map') return wireType === DELIMITED;
  return wireType === wireTypeOf(type) || (kind === 'list' && wireType === DELIMITED);
}

/** The name of a wire type; the number of one that does not exist. */
export function wireTypeText(wireType: number): string {
  return TEXTS[wireType] ?? String(wireType);
}

/** True for the name of a wire type, which stands for the type of a field that the schema does not have. */
export function isWireTypeText(type: string | undefined): boolean {
  return type !== undefined && TEXTS.includes(type);
}

/** "a known field with a wire type other than its own" is an error. @param what `field 5`, `the key of a map`. */
export function wrongWireType(wireType: number, what: string, at: number): CodecError {
  return new CodecError(`wrong wire type: got ${wireTypeText(wireType)} for ${what}`, at);
}
