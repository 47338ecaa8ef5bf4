// Changes to single fields at any depth, in messages that are otherwise whole: they reach what random bytes seldom do.
import type { Random } from './random.js';
import { copyOf, serialize, varint, type WireField } from './wire-tree.js';

type Mutation = (fields: WireField[], at: number, random: Random) => void;

const NUMBERS = [0, 1, 2, 3, 10, 17, 18, 31, 44, 64, 65, 84, 102, 150, 1000, 536_870_911];
/** Invalid UTF-8, and valid sequences at its edges. */
const TEXTS = [
  '80',
  'c080',
  'c3',
  'e0809f',
  'eda080',
  'f4908080',
  'ff',
  'c280',
  'e0a080',
  'ed9fbf',
  'efbfbd',
  'efbbbf',
  'f48fbfbf',
];

const MUTATIONS: readonly Mutation[] = [
  function changeWireType(fields, at, random) {
    retag(fields[at], fields[at].number, random.below(8));
  },
  function changeNumber(fields, at, random) {
    retag(fields[at], random.oneIn(2) ? random.pick(NUMBERS) : 1 + random.below(105), fields[at].wireType);
  },
  function padTag(fields, at, random) {
    fields[at].tag = varint(tagOf(fields[at]), random.below(6));
  },
  function hugeTag(fields, at, random) {
    fields[at].tag = varint(BigInt(tagOf(fields[at])) + (BigInt(1 + random.below(9)) << BigInt(29 + random.below(8))));
  },
  function changeLength(fields, at, random) {
    const size = sizeOf(fields[at]);
    const wrong = [
      size + 1,
      Math.max(0, size - 1),
      0,
      size + random.below(300),
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32 + size,
    ];
    fields[at].length = varint(random.pick(wrong));
  },
  function padLength(fields, at, random) {
    fields[at].length = varint(sizeOf(fields[at]), random.below(11));
  },
  function changeVarint(fields, at, random) {
    const field = fields[at];
    if (field.wireType !== 0) return;
    const bits = BigInt(random.word()) << BigInt(random.below(40));
    field.body = random.pick([
      varint(bits),
      varint(random.below(300), random.below(11)),
      varint((1n << 64n) - 1n),
      varint(1n << 64n),
    ]);
  },
  function repeat(fields, at, random) {
    const times = random.oneIn(8) ? random.pick([15, 16, 17, 31, 32, 33, 64, 120]) : 1;
    for (let i = 0; i < times; i++) fields.splice(random.below(fields.length + 1), 0, copyOf(fields[at]));
  },
  function move(fields, at, random) {
    const [field] = fields.splice(at, 1);
    fields.splice(random.below(fields.length + 1), 0, field);
  },
  function empty(fields, at) {
    fields[at].body = new Uint8Array(0);
  },
  function unpack(fields, at, random) {
    const { number, body, wireType } = fields[at];
    if (wireType !== 2 || Array.isArray(body) || body.length > 256) return;
    fields.splice(at, 1, ...elements(number, body, random.pick([0, 1, 5])));
  },
  function badText(fields, at, random) {
    const { body, wireType } = fields[at];
    if (wireType !== 2 || Array.isArray(body)) return;
    const cut = random.below(body.length + 1);
    fields[at].body = Buffer.concat([body.subarray(0, cut), Buffer.from(random.pick(TEXTS), 'hex'), body.subarray(cut)]);
  },
  function addUnknown(fields, at, random) {
    fields.splice(at, 0, unknownField(random, random.pick([99, 500, 1000, 536_870_911])));
  },
  function addGroup(fields, at, random) {
    const number = random.pick([1, 9, 99, 536_870_911]);
    const depth = random.oneIn(4) ? 95 + random.below(10) : 1 + random.below(3);
    const ends = random.oneIn(8) ? depth - 1 : depth;
    const group = (wireType: number): WireField => ({
      tag: varint(number * 8 + wireType),
      number,
      wireType,
      body: new Uint8Array(0),
    });
    const inner = random.oneIn(2) ? [unknownField(random, 1 + random.below(20))] : [];
    const levels = (wireType: number, n: number) => Array.from({ length: n }, () => group(wireType));
    fields.splice(at, 0, ...levels(3, depth), ...inner, ...levels(4, ends));
  },
  function nest(fields, at, random) {
    // A message in itself, in itself, ...: as deep as may be, and deeper.
    const { tag, number, table } = fields[at];
    const inner = Array.isArray(fields[at].body) ? fields[at].body : undefined;
    if (!inner || table === undefined) return;
    let level: WireField = fields[at];
    for (let n = random.oneIn(3) ? 94 + random.below(10) : random.below(4); n > 0; n--) {
      level = { tag, number, wireType: 2, body: [level], table };
    }
    fields[at] = level;
  },
];

/** Changes one field somewhere in the tree. */
export function mutateTree(tree: WireField[], random: Random): void {
  if (tree.length === 0) return;
  const at = random.below(tree.length);
  const { body } = tree[at];
  if (Array.isArray(body) && body.length > 0 && !random.oneIn(3)) mutateTree(body, random);
  else random.pick(MUTATIONS)(tree, at, random);
}

/** Puts a field of another message in, rather a message that is there already: the two are to be merged. */
export function graft(tree: WireField[], other: readonly WireField[], random: Random): void {
  const twice = other.filter(({ number, body }) => Array.isArray(body) && tree.some((field) => field.number === number));
  const from = twice.length > 0 && !random.oneIn(3) ? twice : other;
  if (from.length > 0) tree.splice(random.below(tree.length + 1), 0, copyOf(random.pick(from)));
}

const tagOf = ({ number, wireType }: WireField): number => number * 8 + wireType;

function retag(field: WireField, number: number, wireType: number): void {
  field.tag = varint(number * 8 + wireType);
  field.number = number;
  // Whether a length is written stays as it was: the reader is to stumble.
}

function sizeOf({ body }: WireField): number {
  return Array.isArray(body) ? serialize(body).length : body.length;
}

/** The elements of a packed list, each with a tag. */
function elements(number: number, body: Uint8Array, wireType: number): WireField[] {
  const out: WireField[] = [];
  for (let p = 0; p < body.length; ) {
    let end = p + (wireType === 1 ? 8 : 4);
    if (wireType === 0) for (end = p + 1; end < body.length && body[end - 1] > 127; ) end++;
    out.push({ tag: varint(number * 8 + wireType), number, wireType, body: body.subarray(p, end) });
    p = end;
  }
  return out;
}

function unknownField(random: Random, number: number): WireField {
  const wireType = random.pick([0, 1, 2, 5]);
  const body = wireType === 0 ? varint(random.word(), random.below(6)) : random.bytes(wireType === 1 ? 8 : 4);
  return { tag: varint(number * 8 + wireType), number, wireType, body };
}
