// A second reading of the specification ("Decoding"): slow, plain, knowing only whether bytes are refused and why. It shares no code
// with the decoder, so that a refusal too many or too few shows, where both peers are laxer than the specification.
import { MAX_DEPTH } from '../../src/limits.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import type { ReasonName } from './reasons.js';
import type { MaxItems } from './subject.js';

class Refused {
  constructor(readonly reason: ReasonName) {}
}

const VARINT = 0;
const SIZE_OF_WIRE_TYPE: Record<number, number> = { 1: 8, 5: 4 };
const WIRE_TYPES: Record<string, number> = {
  ...{ double: 1, fixed64: 1, sfixed64: 1, float: 5, fixed32: 5, sfixed32: 5, string: 2, bytes: 2, message: 2 },
};
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The reason to refuse `bytes` as a message of `table`; undefined = they are to be decoded. */
export function refusal(table: MessageTable, bytes: Uint8Array, maxItems: MaxItems): ReasonName | undefined {
  try {
    new Reader(bytes, maxItems).message(table, bytes.length, 0, new Counts());
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/** What repeated occurrences of a message share: elements of its lists, keys of its maps, and the same of the messages in it. */
class Counts {
  readonly items = new Map<number, number>();
  readonly keys = new Map<number, Set<string>>();
  readonly children = new Map<number, Counts>();
  /** The member that each oneof holds. */
  readonly chosen = new Map<string, number>();

  child(number: number): Counts {
    const child = this.children.get(number) ?? new Counts();
    this.children.set(number, child);
    return child;
  }
}

class Reader {
  #p = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly maxItems: MaxItems,
  ) {}

  message(table: MessageTable, end: number, depth: number, counts: Counts): void {
    while (this.#p < end) {
      const { number, wireType } = this.#tag(end);
      const field = table.fields.find((candidate) => candidate.number === number);
      if (field) this.#field(table, field, wireType, end, depth, counts);
      else this.#skip(number, wireType, end, depth);
    }
  }

  #field(table: MessageTable, field: FieldTable, wireType: number, end: number, depth: number, counts: Counts): void {
    if (field.oneof !== undefined && counts.chosen.get(field.oneof) !== field.number) {
      // Another member of the oneof took the place of this one: it begins anew.
      counts.children.delete(counts.chosen.get(field.oneof) as number);
      counts.chosen.set(field.oneof, field.number);
    }
    const count = (more: number): void => {
      const items = (counts.items.get(field.number) ?? 0) + more;
      counts.items.set(field.number, items);
      if (items > (this.maxItems.get(`${table.name} ${field.number}`) ?? Infinity)) throw new Refused('tooManyItems');
    };
    const own = field.kind === 'map' ? 2 : wireTypeOf(field);
    const isPacked = field.kind === 'list' && wireType === 2 && own !== 2;
    if (wireType !== own && !isPacked) throw new Refused('wrongWireType');
    if (isPacked) this.#packed(own, end, count);
    else if (field.kind === 'map') this.#entry(table, field, end, depth, counts);
    else if (field.kind === 'list') {
      count(1);
      this.#value(field, end, depth, new Counts());
    } else this.#value(field, end, depth, counts.child(field.number));
  }

  #value(field: FieldTable, end: number, depth: number, child: Counts): void {
    const wireType = wireTypeOf(field);
    if (wireType === VARINT) this.#varint(end);
    else if (wireType !== 2) this.#fixed(SIZE_OF_WIRE_TYPE[wireType], end);
    else {
      const stop = this.#length(end);
      if (field.message) {
        if (depth + 1 > MAX_DEPTH) throw new Refused('tooDeep');
        this.message(field.message(), stop, depth + 1, child);
      } else if (field.type === 'string') this.#text(stop);
      this.#p = stop;
    }
  }

  #packed(wireType: number, end: number, count: (more: number) => void): void {
    const stop = this.#length(end);
    if (wireType !== VARINT) {
      const size = SIZE_OF_WIRE_TYPE[wireType];
      if ((stop - this.#p) % size !== 0) throw new Refused('packedUneven');
      count((stop - this.#p) / size);
      this.#p = stop;
    }
    while (this.#p < stop) {
      count(1);
      this.#varint(stop);
    }
  }

  #entry(table: MessageTable, field: FieldTable, end: number, depth: number, counts: Counts): void {
    const stop = this.#length(end);
    const key = { number: 1, name: 'key', type: field.key } as FieldTable;
    let text = '';
    const child = new Counts();
    // The specification does not say whether an entry is a level of its own: neither we nor the peers count it.
    while (this.#p < stop) {
      const { number, wireType } = this.#tag(stop);
      if (number > 2) this.#skip(number, wireType, stop, depth);
      else {
        const part = number === 1 ? key : field;
        if (number === 0) throw new Refused('fieldNumberZero');
        if (wireType !== wireTypeOf(part)) throw new Refused('wrongWireType');
        const start = this.#p;
        this.#value(part, stop, depth, child);
        if (number === 1) text = keyText(field, this.bytes.subarray(start, this.#p));
      }
    }
    this.#key(table, field, text, counts);
  }

  #key(table: MessageTable, field: FieldTable, text: string, counts: Counts): void {
    const keys = counts.keys.get(field.number) ?? new Set();
    counts.keys.set(field.number, keys.add(text === '' ? keyText(field, new Uint8Array(1)) : text));
    if (keys.size > (this.maxItems.get(`${table.name} ${field.number}`) ?? Infinity)) throw new Refused('tooManyItems');
  }

  #skip(number: number, wireType: number, end: number, depth: number): void {
    if (number === 0) throw new Refused('fieldNumberZero');
    if (wireType === VARINT) this.#varint(end);
    else if (wireType === 2) this.#p = this.#length(end);
    else if (wireType === 3) this.#group(number, end, depth + 1);
    else if (wireType === 4) throw new Refused('groupNotOpen');
    else if (wireType > 5) throw new Refused('noSuchWireType');
    else this.#fixed(SIZE_OF_WIRE_TYPE[wireType], end);
  }

  #group(open: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new Refused('tooDeep');
    while (this.#p < end) {
      const { number, wireType } = this.#tag(end);
      if (wireType === 4 && number === open) return;
      this.#skip(number, wireType, end, depth);
    }
    throw new Refused('groupUnended');
  }

  #tag(end: number): { number: number; wireType: number } {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      if (this.#p >= end) throw new Refused('tagTruncated');
      const byte = this.bytes[this.#p++];
      value += (byte & 127) * 2 ** (7 * i);
      if (value > 2 ** 32 - 1) break;
      if (byte < 128) return { number: Math.floor(value / 8), wireType: value % 8 };
    }
    throw new Refused('tagTooLarge');
  }

  #varint(end: number): bigint {
    let value = 0n;
    for (let i = 0n; i < 10n; i++) {
      if (this.#p >= end) throw new Refused('varintTruncated');
      const byte = this.bytes[this.#p++];
      value += BigInt(byte & 127) << (7n * i);
      if (value >= 1n << 64n) break;
      if (byte < 128) return value;
    }
    throw new Refused('varintTooLarge');
  }

  /** Where what has a length ends. */
  #length(end: number): number {
    const length = this.#varint(end);
    if (length > BigInt(end - this.#p)) throw new Refused('overParentsEnd');
    return this.#p + Number(length);
  }

  #fixed(size: number, end: number): void {
    if (end - this.#p < size) throw new Refused('valueTruncated');
    this.#p += size;
  }

  #text(stop: number): void {
    try {
      utf8.decode(this.bytes.subarray(this.#p, stop));
    } catch {
      throw new Refused('invalidUtf8');
    }
  }
}

function wireTypeOf({ type }: FieldTable): number {
  return WIRE_TYPES[type] ?? VARINT;
}

/** A map's key as text, for counting: only strings and uint32 are keys of maps that have a limit. */
function keyText(field: FieldTable, bytes: Uint8Array): string {
  if (field.key === 'string')
    return Buffer.from(bytes)
      .toString('hex')
      .replace(/^(?:[89a-f].)*[0-7]./, 's');
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value += BigInt(byte & 127) << BigInt(7 * i);
  return String(BigInt.asUintN(32, value));
}
