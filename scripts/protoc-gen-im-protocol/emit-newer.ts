// The part of `estimate*` that marks a message that may have something newer than version 1 (src/wire/newer.ts).
import type { CodecContext } from './emit-codecs.js';
import type { FieldModel } from './model.js';
import type { Settings } from './settings.js';

/**
 * A statement that marks the message if the field, which is not in a oneof, may need a version above 1. Its type was checked before.
 * Values that are not written are not marked, except for 0 of floats and the elements of lists and maps of enums.
 */
export function markField(context: CodecContext, field: FieldModel): string[] {
  const value = `m.${field.name}`;
  const { whole, values } = newerParts(field, context.model.settings);
  if (whole) return [`  if (${isSet(field, value)}) ${call(context)};`];
  if (values === undefined) return [];
  return field.kind === 'one' ? callFor(context, value, values, '  ') : [`  if (${isSet(field, value)}) ${call(context)};`];
}

/** The same for a member of a oneof that is set. */
export function markMember(context: CodecContext, field: FieldModel, value: string): string[] {
  const { whole, values } = newerParts(field, context.model.settings);
  if (whole) return [`        ${call(context)};`];
  return values === undefined ? [] : callFor(context, value, values, '        ');
}

const call = ({ wire }: CodecContext): string => `${wire('newer', 'markNewer')}()`;

/** As `markNewerValue`, inline: a call that sees the values of many fields costs as much as the estimate of a small message. */
const callFor = (context: CodecContext, value: string, { first, last }: Range, indent: string): string[] => [
  `${indent}{`,
  `${indent}  const v = ${value};`,
  `${indent}  if (typeof v === 'number' && v >= ${first} && v <= ${last}) ${call(context)};`,
  `${indent}}`,
];

/** Numbers of enum values, both ends included. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * What makes a message need a version above that of its own: the field as a whole, or values of its enum. An ignorable field does not, but
 * what is newer than the field itself does. The fields of a nested message are marked by its own estimate.
 */
function newerParts({ desc, type }: FieldModel, settings: Settings): { whole: boolean; values?: Range } {
  const floor = Math.max(1, settings.message(desc.parent)?.since ?? 0);
  const { since = 0, ignorable = false } = settings.field(desc) ?? {};
  const inner = Math.max(floor, since);
  const isNewMessage = type.kind === 'message' && (settings.message(type.message)?.since ?? 0) > inner;
  if ((since > floor && !ignorable) || isNewMessage) return { whole: true };
  const newer =
    type.kind !== 'enum'
      ? []
      : type.enum.values.filter((each) => {
          const value = settings.value(each);
          return (value?.since ?? 0) > inner && !value?.ignorable;
        });
  if (newer.length === 0) return { whole: false };
  const numbers = newer.map(({ number }) => number);
  return { whole: false, values: { first: Math.min(...numbers), last: Math.max(...numbers) } };
}

/** A condition that is true for each value that is written. */
function isSet({ kind, type, presence }: FieldModel, value: string): string {
  if (kind === 'map') return `${value}?.size`;
  if (kind === 'list') return `${value}?.length`;
  if (presence || type.kind === 'message') return `${value} !== undefined`;
  if (type.kind === 'enum') return value;
  // -0 is written.
  if (type.scalar === 'double' || type.scalar === 'float') return `${value} !== undefined`;
  return type.scalar === 'string' || type.scalar === 'bytes' ? `${value}?.length` : value;
}
