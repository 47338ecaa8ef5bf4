// The edges of the rules of a value: what a vector has to show accepted, and what refused.
import type { FieldSettings } from '../../../scripts/protoc-gen-im-protocol/settings.js';
import { endsOf, isIn, neighboursOf, rangesOf } from './characters.js';

export interface Edge {
  /** As an issue names it: `max_bytes`. */
  readonly rule: string;
  /** What it looks like, for whoever has to write the vector. */
  readonly text: string;
  readonly accepted: boolean;
  /** Whether a value lies there. */
  holds(value: unknown): boolean;
}

/** @param all the sets of rules that the value obeys: its own, and those of its format. */
export function valueEdges(all: readonly FieldSettings[]): Edge[] {
  return all.flatMap((rules) => [
    ...bound('min', rules.min, -1n, numberOf),
    ...bound('max', rules.max, 1n, numberOf),
    ...bound('min_bytes', rules.minBytes, -1n, bytesOf),
    ...bound('max_bytes', rules.maxBytes, 1n, bytesOf),
    ...bound('min_items', rules.minItems, -1n, sizeOf),
    ...bound('max_items', rules.maxItems, 1n, sizeOf),
    ...characterEdges(rules, all),
    ...textEdges(rules),
    ...(rules.unique ? uniqueEdges : []),
  ]);
}

/** The bound itself is accepted, one further is refused. */
function bound(
  rule: string,
  limit: bigint | number | undefined,
  step: bigint,
  measure: (value: unknown) => bigint | undefined,
): Edge[] {
  if (limit === undefined) return [];
  const on = BigInt(limit);
  return [
    { rule, text: `${on}`, accepted: true, holds: (value) => measure(value) === on },
    { rule, text: `${on + step}`, accepted: false, holds: (value) => measure(value) === on + step },
  ];
}

function numberOf(value: unknown): bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;
}

function bytesOf(value: unknown): bigint | undefined {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  return value instanceof Uint8Array ? BigInt(value.length) : undefined;
}

function sizeOf(value: unknown): bigint | undefined {
  const size = (value as { readonly size?: unknown }).size;
  return typeof size === 'number' ? BigInt(size) : undefined;
}

/** Of a class that is allowed, the ends of its ranges are accepted and those beside them refused; of one that is forbidden, the other way. */
function characterEdges({ alphabet, forbidden }: FieldSettings, all: readonly FieldSettings[]): Edge[] {
  const allowed = rangesOf(alphabet);
  const refused = rangesOf(forbidden);
  const anyRefused = all.flatMap((rules) => rangesOf(rules.forbidden));
  return [
    ...endsOf(allowed).map((point) => has('alphabet', point, true)),
    ...neighboursOf(allowed).map((point) => has('alphabet', point, false)),
    ...endsOf(refused).map((point) => has('forbidden', point, false)),
    ...neighboursOf(refused)
      .filter((point) => !isIn(anyRefused, point))
      .map((point) => has('forbidden', point, true)),
  ];
}

function has(rule: string, point: number, accepted: boolean): Edge {
  const character = String.fromCodePoint(point);
  const text = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return { rule, text, accepted, holds: (value) => typeof value === 'string' && value.includes(character) };
}

function textEdges({ notBlank, notIn, notPrefix }: FieldSettings): Edge[] {
  const text = (rule: string, what: string, accepted: boolean, passes: (value: string) => boolean): Edge => ({
    rule,
    text: what,
    accepted,
    holds: (value) => typeof value === 'string' && passes(value),
  });
  return [
    ...(notBlank
      ? [
          text('not_blank', 'white space and something else', true, (value) => value.trim() !== '' && /\s/.test(value)),
          text('not_blank', 'only white space', false, (value) => value !== '' && value.trim() === ''),
        ]
      : []),
    ...notIn.flatMap((name) => [text('not_in', name, false, (value) => value === name)]),
    ...(notIn.length > 0
      ? [
          text('not_in', 'one of them, but for its case or its last character', true, (value) =>
            notIn.some((name) => isAlmost(value, name)),
          ),
        ]
      : []),
    ...notPrefix.flatMap((prefix) => [
      text('not_prefix', prefix, false, (value) => value.startsWith(prefix)),
      text('not_prefix', `${prefix}, less its last character`, true, (value) => value.startsWith(prefix.slice(0, -1))),
    ]),
  ];
}

function isAlmost(value: string, name: string): boolean {
  return value !== name && (value.toLowerCase() === name.toLowerCase() || value === name.slice(0, -1));
}

const uniqueEdges: readonly Edge[] = [
  { rule: 'unique', text: 'two that differ', accepted: true, holds: (value) => itemsOf(value).length > 1 },
  {
    rule: 'unique',
    text: 'one given twice',
    accepted: false,
    holds: (value) => new Set(itemsOf(value)).size < itemsOf(value).length,
  },
];

function itemsOf(list: unknown): unknown[] {
  return [...(list as Iterable<unknown>)];
}
