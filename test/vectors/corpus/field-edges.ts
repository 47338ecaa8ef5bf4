// The edges of the rules of a field, and what of its values lies there.
import type { DescField } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { schema } from './protocol.js';
import { type Edge, valueEdges } from './value-edges.js';

export interface FieldEdge extends Edge {
  readonly field: DescField;
  /** Whether the field of a message lies there: it itself, one of its elements, a key or a value of its entries. */
  isAt(message: ReflectMessage): boolean;
}

export function fieldEdges(field: DescField): FieldEdge[] {
  const own = schema.settings.field(field);
  if (own === undefined) return [];
  const of = (inner: typeof own | undefined, values: (message: ReflectMessage) => unknown[]): FieldEdge[] =>
    inner === undefined
      ? []
      : valueEdges(schema.settings.rules(inner)).map((edge) => ({
          ...edge,
          field,
          isAt: (message) => values(message).some(edge.holds),
        }));
  return [
    ...of(own, (message) => [message.get(field)]),
    ...of(own.items, (message) => [...(message.get(field) as ReflectList)]),
    ...of(own.keys, (message) => [...(message.get(field) as ReflectMap).keys()]),
    ...of(own.values, (message) => [...(message.get(field) as ReflectMap).values()]),
    ...(own.required ? [presence(field, 'required', true), presence(field, 'required', false)] : []),
    ...(own.orDefault ? [{ ...presence(field, 'or_default', false), accepted: true }] : []),
  ];
}

/** Set is accepted, and not set is refused. */
function presence(field: DescField, rule: string, isSet: boolean): FieldEdge {
  const isAt = (message: ReflectMessage): boolean => message.isSet(field) === isSet;
  return { field, rule, text: isSet ? 'set' : 'not set', accepted: isSet, holds: () => isSet, isAt };
}
