// The output of `inspect`: an annotated hex dump, or a JSON tree.
import type { Inspection, Part, Problem } from '../inspect/index.js';
import type { JsonObject, JsonValue } from '../json/json-options.js';
import { inertText } from '../wire/quoted.js';
import type { Paint, Style } from './output.js';
import type { StreamRegion } from './resync.js';

interface HexDumpOptions {
  readonly paint: Paint;
  /** Do not shorten long values and lists. */
  readonly all: boolean;
}

const BYTES_A_LINE = 16;
const LINES_A_VALUE = 3;
const ELEMENTS_A_LIST = 16;
/** Columns of the bytes. */
const HEX_COLUMNS = BYTES_A_LINE * 3 + 1;
const NAME_COLUMNS = 16;

const STYLES: Readonly<Record<string, Style>> = {
  tag: 'cyan',
  length: 'blue',
  value: 'green',
  header: 'magenta',
  unread: 'yellow',
  foreign: 'yellow',
};

export function* hexDumpLines(
  inspection: Inspection,
  { offset, flow }: StreamRegion,
  options: HexDumpOptions,
): Generator<string> {
  for (const part of inspection.parts) {
    const title = `byte ${offset + part.start}: ${part.text}`;
    yield options.paint('bold', inertText(flow === '' ? title : `${flow}  ${title}`));
    const dump = new HexDump(inspection.bytes, offset, options);
    if (part.parts.length === 0) yield* dump.leaf(part, 0);
    else yield* dump.problems(part, 0);
    for (const child of part.parts) yield* dump.part(child, 0);
    yield '';
  }
}

class HexDump {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly offset: number,
    private readonly options: HexDumpOptions,
  ) {}

  *part(part: Part, depth: number): Generator<string> {
    if (part.kind === 'payload') yield* this.payload(part, depth);
    else if (part.parts.length === 0) yield* this.leaf(part, depth);
    else yield* this.field(part, depth);
  }

  *payload(part: Part, depth: number): Generator<string> {
    const { parts, inflated } = part;
    if (parts.length === 0 && part.end > part.start) yield* this.leaf(part, depth);
    yield* this.problems(part, depth);
    for (const child of parts) yield* this.part(child, depth);
    if (inflated === undefined) return;
    yield this.options.paint('dim', `        ${'  '.repeat(depth)}inflated, ${inflated.bytes.length} bytes:`);
    const dump = new HexDump(inflated.bytes, 0, this.options);
    for (const child of inflated.parts) yield* dump.part(child, depth + 1);
  }

  /** One line for the tag, length and value of the field; its content follows. */
  *field(part: Part, depth: number): Generator<string> {
    const first = part.parts.findIndex((child, i) => i > 0 && hasOwnLine(child));
    const own = first < 0 ? part.parts : part.parts.slice(0, first);
    yield* this.lines(own, part.name, part.text, depth);
    yield* this.problems(part, depth);
    for (const child of own) yield* this.problems(child, depth);
    const rest = first < 0 ? [] : part.parts.slice(first);
    const shown = this.options.all || rest[0]?.kind !== 'value' ? rest.length : ELEMENTS_A_LIST;
    for (const [i, child] of rest.entries()) {
      if (i < shown || child.problems.length > 0) yield* this.part(child, depth + 1);
    }
    if (rest.length > shown) yield this.more(depth + 1, `${rest.length - shown} elements`);
    for (const value of own) for (const child of value.parts) yield* this.part(child, depth + 1);
  }

  *leaf(part: Part, depth: number): Generator<string> {
    const name = part.kind === 'value' || part.kind === 'header' ? part.name : part.kind === 'tag' ? '' : part.kind;
    yield* this.lines([part], name, part.text, depth);
    if (part.kind !== 'payload') yield* this.problems(part, depth);
  }

  /** The bytes of adjacent parts, in lines; the first line has their meaning. */
  *lines(parts: readonly Part[], name: string, text: string, depth: number): Generator<string> {
    const cells = this.cells(parts);
    const start = this.offset + parts[0].start;
    const shown = this.options.all ? Number.POSITIVE_INFINITY : LINES_A_VALUE;
    for (let line = 0; line * BYTES_A_LINE < cells.length || line === 0; line++) {
      const from = line * BYTES_A_LINE;
      if (line >= shown) {
        yield this.more(depth, `${cells.length - from} bytes`);
        return;
      }
      const row = cells.slice(from, from + BYTES_A_LINE);
      const hex = row.map(({ style, hex }) => this.options.paint(style, hex)).join(' ');
      const width = depth * 2 + row.length * 3;
      const meaning =
        line > 0
          ? ''
          : `${' '.repeat(Math.max(1, HEX_COLUMNS - width))}${this.options.paint('bold', name.padEnd(NAME_COLUMNS))} ${inertText(text)}`;
      yield `${this.options.paint('dim', (start + from).toString(16).padStart(6, '0'))}  ${'  '.repeat(depth)}${hex}${meaning}`.trimEnd();
    }
  }

  private cells(parts: readonly Part[]): { style: Style; hex: string }[] {
    const limit = this.options.all ? Number.POSITIVE_INFINITY : LINES_A_VALUE * BYTES_A_LINE + 1;
    const cells: { style: Style; hex: string }[] = [];
    const sizes = parts.reduce((sum, part) => sum + (part.parts.length > 0 ? 0 : part.end - part.start), 0);
    for (const { kind, start, end, secret, parts: inner } of parts) {
      const style = STYLES[kind] ?? 'green';
      for (let at = start; inner.length === 0 && at < end && cells.length < limit; at++) {
        cells.push({ style, hex: secret ? '••' : this.bytes[at].toString(16).padStart(2, '0') });
      }
    }
    // Bytes that are not shown are counted.
    cells.length = Math.max(cells.length, sizes);
    return cells;
  }

  *problems({ problems }: Part, depth: number): Generator<string> {
    for (const { message } of problems)
      yield `        ${'  '.repeat(depth)}${this.options.paint('red', `! ${inertText(message)}`)}`;
  }

  private more(depth: number, what: string): string {
    return this.options.paint('dim', `        ${'  '.repeat(depth)}… ${what} more (--all shows them)`);
  }
}

/** True for a nested field or an element of a packed list, which start a new line. */
function hasOwnLine({ kind, name }: Part): boolean {
  return kind === 'field' || kind === 'unread' || kind === 'tag' || (kind === 'value' && name !== 'value');
}

/** The inspection of a region as a JSON tree; the concatenated hex of its leaves is the input. Positions count from the start of the stream. */
export function jsonRegion(inspection: Inspection, { offset, flow }: StreamRegion): JsonObject {
  const [part] = inspection.parts;
  return { ...(flow !== '' && { flow }), ...jsonPart(part, inspection.bytes, offset) };
}

function jsonPart(part: Part, bytes: Uint8Array, base: number): JsonObject {
  const { kind, name, start, end, path, type, value, text, secret, problems, parts, inflated } = part;
  return {
    kind,
    name,
    start: base + start,
    end: base + end,
    ...(path !== '' && { path }),
    ...(type !== undefined && { type }),
    ...(value !== undefined && !(value instanceof Uint8Array) && { value: jsonValue(value) }),
    text,
    ...(secret && { secret }),
    ...(problems.length > 0 && { problems: problems.map((problem) => jsonProblem(problem, base)) }),
    ...(parts.length > 0
      ? { parts: parts.map((child) => jsonPart(child, bytes, base)) }
      : !secret && { hex: Buffer.from(bytes.subarray(start, end)).toString('hex') }),
    // Positions in the inflated payload count from its start.
    ...(inflated !== undefined && { inflated: inflated.parts.map((child) => jsonPart(child, inflated.bytes, 0)) }),
  };
}

function jsonValue(value: number | bigint | string | boolean): JsonValue {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value;
}

export function jsonProblem({ code, rule, message, offset, path }: Problem, base: number): JsonObject {
  return { code, ...(rule !== undefined && { rule }), message, offset: base + offset, ...(path !== '' && { path }) };
}
