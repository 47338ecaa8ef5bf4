// Changes one place of a value that is valid: what comes out is valid or nearly so.
import fc from 'fast-check';
import { rubbish, scalar } from './edge-values.js';

/** A place in a value: what it holds, and how to put something else there. */
interface Place {
  readonly held: unknown;
  put(value: unknown): void;
  remove(): void;
}

export interface Mutation {
  readonly at: number;
  readonly how: 'replace' | 'edge' | 'remove' | 'grow' | 'add';
  readonly rubbish: unknown;
  readonly edges: readonly [text: unknown, bytes: unknown, bool: unknown, number: unknown, long: unknown];
  readonly size: number;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  how: fc.constantFrom(
    'replace' as const,
    'edge' as const,
    'edge' as const,
    'edge' as const,
    'remove' as const,
    'grow' as const,
    'add' as const,
  ),
  rubbish,
  edges: fc.tuple(scalar('string'), scalar('bytes'), scalar('bool'), scalar('int32'), scalar('int64')),
  size: fc.constantFrom(0, 1, 2, 3, 16, 17, 32, 33, 64, 65, 120, 121, 1000, 1001),
});

/** A copy of `value` with the mutations done one after the other. */
export function mutate(value: object, mutations: readonly Mutation[]): unknown {
  const root = { value: copy(value) };
  for (const { at, how, rubbish: other, edges, size } of mutations) {
    const places = [...placesIn(root)];
    if (places.length === 0) break;
    const place = places[at % places.length];
    if (how === 'remove') place.remove();
    else if (how === 'replace') place.put(copy(other));
    else if (how === 'edge') place.put(edges[edgeOf(place.held)] ?? other);
    else if (how === 'grow') grow(place, size);
    else if (isPlain(place.held)) place.held.more = undefined;
  }
  return root.value;
}

function edgeOf(held: unknown): number {
  if (typeof held === 'string') return 0;
  if (ArrayBuffer.isView(held)) return 1;
  return ['boolean', 'number', 'bigint'].indexOf(typeof held) + 2 || -1;
}

/** Repeats the first element or entry of a list or map until there are so many. */
function grow({ held, put }: Place, size: number): void {
  // Of messages a few are enough: they take time.
  const length = Array.isArray(held) && isPlain(held[0]) ? Math.min(size, 17) : size;
  if (Array.isArray(held)) put(Array.from({ length }, (_, i) => (typeof held[0] === 'number' ? i + 1 : held[0])));
  if (!(held instanceof Map)) return;
  const [[key, value] = ['', '']] = held;
  put(
    new Map(
      Array.from({ length: size }, (_, i) => [
        typeof key === 'string' ? `${key}${i}` : typeof key === 'bigint' ? BigInt(i) : i,
        value,
      ]),
    ),
  );
}

function* placesIn(value: object): Generator<Place> {
  for (const [key, held] of entriesOf(value)) {
    const object = value as Record<string, unknown>;
    if (value instanceof Map) yield { held, put: (v) => value.set(key, v), remove: () => value.delete(key) };
    else
      yield {
        held,
        put: (v) => Object.assign(object, { [key as string]: v }),
        remove: () => Reflect.deleteProperty(object, key as string),
      };
    if (isPlain(held) || Array.isArray(held) || held instanceof Map) yield* placesIn(held);
  }
}

function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  return value instanceof Map ? [...value] : Object.entries(value);
}

/** A deep copy of what messages are made of, symbols included; everything else stays itself. */
export function copy<T>(value: T): T {
  if (value instanceof Uint8Array) return value.slice() as T;
  if (Array.isArray(value)) return Array.from(value, copy) as T;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)])) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Reflect.ownKeys(value).map((key) => [key, copy(value[key])])) as T;
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
