// The edges of the rules of a field: its values one below, on and one above each limit, and what becomes of them.
import { type DescEnum, type DescField, ScalarType } from '@bufbuild/protobuf';
import { endsOf, isIn, neighboursOf, rangesOf } from '../../test/vectors/corpus/characters.js';
import type { FieldSettings } from '../protoc-gen-im-protocol/settings.js';
import { elementFor, is64, leastOf, listOf, listWith, mapOf, rulesOf, settings, textOf, type Value, valueFor } from './values.js';

export interface Edge {
  /** For the name of the vector. */
  readonly name: string;
  /** Undefined = the field is not set. */
  readonly value: Value;
  /** The rule that it breaks. */
  readonly rule?: string;
  /** What follows the name of the field in the path of the issue: `[0]`, `["k"]`. */
  readonly step?: string;
}

export function edgesOf(field: DescField): Edge[] {
  const own = settings.field(field);
  const needed: Edge[] = own?.required ? [{ name: 'not-set', value: undefined, rule: 'required' }] : [];
  if (field.fieldKind === 'message') return [{ name: 'set', value: valueFor(field) }, ...needed];
  if (field.fieldKind === 'enum') return enumEdges(field.enum, own);
  if (field.fieldKind === 'scalar') return scalarEdges(field.scalar, own);
  if (field.fieldKind === 'list') return listEdges(field, own);
  return mapEdges(field, own);
}

function scalarEdges(type: ScalarType, own: FieldSettings | undefined): Edge[] {
  if (type === ScalarType.BOOL) return [{ name: 'true', value: true }];
  const rules = rulesOf(own);
  const text = type === ScalarType.STRING;
  if (text || type === ScalarType.BYTES) {
    const make = (bytes: number): Value => (text ? textOf(rules, bytes) : new Uint8Array(bytes));
    return once([
      ...lengthEdges(rules, own, make),
      ...(text ? characterEdges(rules) : []),
      { name: '1-byte-or-least', value: make(leastBytes(rules)) },
    ]);
  }
  const number = (value: bigint): Value => (is64(type) ? value : Number(value));
  return once([
    ...numberEdges(rules, own, isUnsigned(type) ? 0n : undefined).map((edge) => ({ ...edge, value: number(edge.value) })),
    ...(rules.some(({ max }) => max !== undefined)
      ? []
      : [{ name: 'largest', value: number(is64(type) ? 2n ** 63n - 1n : 2n ** 32n - 1n) }]),
  ]);
}

function leastBytes(rules: readonly FieldSettings[]): number {
  return Math.max(1, ...rules.map(({ minBytes = 0 }) => minBytes));
}

function isUnsigned(type: ScalarType): boolean {
  return [ScalarType.UINT32, ScalarType.FIXED32, ScalarType.UINT64, ScalarType.FIXED64].includes(type);
}

/** @param lowest of the type; undefined = it has negative numbers. */
function numberEdges(
  rules: readonly FieldSettings[],
  own: FieldSettings | undefined,
  lowest: bigint | undefined,
): (Edge & { value: bigint })[] {
  const isDefault = (value: bigint): boolean => own?.orDefault === true && value === 0n;
  return rules.flatMap(({ min, max }) => [
    ...(min === undefined ? [] : [min - 1n, min, min + 1n, ...(own?.orDefault ? [0n] : [])])
      .filter((value) => lowest === undefined || value >= lowest)
      .map((value) => ({ name: named(value), value, ...(value < min! && !isDefault(value) && { rule: 'min' }) })),
    ...(max === undefined ? [] : [max - 1n, max, max + 1n]).map((value) => ({
      name: named(value),
      value,
      ...(value > max! && { rule: 'max' }),
    })),
  ]);
}

function named(value: bigint): string {
  return value < 0n ? `minus-${-value}` : `${value}`;
}

function enumEdges(desc: DescEnum, own: FieldSettings | undefined): Edge[] {
  const limited = rulesOf(own).some(({ min }) => min !== undefined);
  const later = Math.max(...desc.values.map(({ number }) => number)) + 1;
  return [
    ...(limited
      ? [
          { name: '0', value: 0, rule: 'min' },
          { name: 'minus-1', value: -1, rule: 'min' },
        ]
      : []),
    ...desc.values.filter(({ number }) => number !== 0).map(({ number }) => ({ name: `${number}`, value: number })),
    { name: `unknown-${later}`, value: later },
  ];
}

function lengthEdges(rules: readonly FieldSettings[], own: FieldSettings | undefined, make: (bytes: number) => Value): Edge[] {
  return rules.flatMap(({ minBytes, maxBytes }) => {
    const isShort = (bytes: number): boolean => minBytes !== undefined && bytes < minBytes && !(own?.orDefault && bytes === 0);
    const isLong = (bytes: number): boolean => maxBytes !== undefined && bytes > maxBytes;
    const sizes = [minBytes, maxBytes].flatMap((limit) => (limit === undefined ? [] : [limit - 1, limit, limit + 1]));
    if (own?.orDefault) sizes.push(0);
    const edges: Edge[] = sizes
      .filter((bytes) => bytes >= 0)
      .map((bytes) => ({
        name: `${bytes}-bytes`,
        value: make(bytes),
        ...(isShort(bytes) && { rule: 'min_bytes' }),
        ...(isLong(bytes) && { rule: 'max_bytes' }),
      }));
    if (maxBytes === undefined || typeof make(1) !== 'string' || rules.some(({ alphabet }) => alphabet !== '')) return edges;
    const characters = Math.floor(maxBytes / 3) + 1;
    return [...edges, { name: `${characters}-characters-of-3-bytes`, value: '\u4e2d'.repeat(characters), rule: 'max_bytes' }];
  });
}

function characterEdges(rules: readonly FieldSettings[]): Edge[] {
  return rules.flatMap(({ alphabet, forbidden }) => {
    const allowed = rangesOf(alphabet);
    const refused = rangesOf(forbidden);
    const edge = (point: number, rule?: string): Edge => ({
      name: `with-u${point.toString(16).padStart(4, '0')}`,
      value: `a${String.fromCodePoint(point)}`,
      ...(rule !== undefined && { rule }),
    });
    return [
      ...(allowed.length === 0 ? [] : [{ name: 'ends-of-the-alphabet', value: String.fromCodePoint(...endsOf(allowed)) }]),
      ...neighboursOf(allowed).map((point) => edge(point, 'alphabet')),
      ...endsOf(refused).map((point) => edge(point, 'forbidden')),
      ...neighboursOf(refused)
        .filter((point) => !isIn(refused, point))
        .map((point) => edge(point)),
    ];
  });
}

type ListField = DescField & { fieldKind: 'list' };

function listEdges(field: ListField, own: FieldSettings | undefined): Edge[] {
  const rules = rulesOf(own);
  const sizes = rules.flatMap(({ minItems, maxItems }) =>
    [minItems, maxItems].flatMap((limit) => (limit === undefined ? [] : [limit - 1, limit, limit + 1])),
  );
  const least = leastOf(field);
  const bounds = sizes
    .filter((size) => size >= 0)
    .map((size) => ({
      name: `${size}-items`,
      value: listOf(field, size),
      ...(rules.some(({ minItems = 0 }) => size < minItems) && { rule: 'min_items' }),
      ...(rules.some(({ maxItems = size }) => size > maxItems) && { rule: 'max_items' }),
    }));
  const elements = elementEdges(field, own).map(({ name, value, rule }) => ({
    name: `element-${name}`,
    value: listWith(field, [value, ...Array.from({ length: least - 1 }, (_, i) => elementFor(field, i))]),
    ...(rule !== undefined && { rule, step: '[0]' }),
  }));
  const unique = own?.unique
    ? [
        { name: 'two-that-differ', value: listOf(field, 2) },
        { name: 'one-twice', value: listWith(field, [elementFor(field, 0), elementFor(field, 0)]), rule: 'unique' },
      ]
    : [];
  return once([...bounds, ...elements, ...unique, { name: `${least}-items`, value: listOf(field, least) }]);
}

function elementEdges(field: ListField, own: FieldSettings | undefined): Edge[] {
  if (field.listKind === 'message') return [];
  return field.listKind === 'enum' ? enumEdges(field.enum, own?.items) : scalarEdges(field.scalar, own?.items);
}

function mapEdges(field: DescField & { fieldKind: 'map' }, own: FieldSettings | undefined): Edge[] {
  const { maxItems } = own ?? {};
  const entries = (size: number): [string, string][] => Array.from({ length: size }, (_, i) => [`k${i}`, 'v']);
  const keys = scalarEdges(ScalarType.STRING, own?.keys).map(({ name, value, rule }) => ({
    name: `key-${name}`,
    value: mapOf(field, [[value as string, 'v']]),
    ...(rule !== undefined && { rule, step: `[${JSON.stringify(shown(value as string))}]` }),
  }));
  const values = scalarEdges(ScalarType.STRING, own?.values).map(({ name, value, rule }) => ({
    name: `value-${name}`,
    value: mapOf(field, [['k', value as string]]),
    ...(rule !== undefined && { rule, step: '["k"]' }),
  }));
  const sizes = maxItems === undefined ? [] : [maxItems - 1, maxItems, maxItems + 1];
  return once([
    ...sizes.map((size) => ({
      name: `${size}-entries`,
      value: mapOf(field, entries(size)),
      ...(size > maxItems! && { rule: 'max_items' }),
    })),
    ...keys,
    ...values,
  ]);
}

/** "A key is cut after 64 characters." */
function shown(key: string): string {
  return key.length > 64 ? `${key.slice(0, 64)}\u2026` : key;
}

/** Two limits may be neighbours. */
function once(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map((edge) => [edge.name, edge])).values()];
}
