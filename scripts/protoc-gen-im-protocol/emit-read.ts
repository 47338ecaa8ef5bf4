// Code that decodes: one loop with a local cursor, and a switch on the whole tag, so that number and wire type are checked at once.
import type { CodecContext } from './emit-codecs.js';
import { fieldRules } from './field-rules.js';
import { runtimePath, typePath } from './generated-paths.js';
import type { FieldModel, MessageModel, ValueType } from './model.js';
import { typeName } from './names.js';
import { importPart, partName } from './parts.js';
import { literal } from './quote.js';
import type { Rule } from './rule.js';
import { maxItemsOf } from './rule-sets.js';
import { areIds, precheckedBytes, precheckedVarintBytes, refusedCharacters } from './seen-rules.js';
import { type ScalarCode, scalarCode, tagOf, wireTypeOf } from './wire-types.js';

/** The context of a field. */
interface ReadContext extends CodecContext {
  /** Its strings may be in the run at the start of the message. */
  readonly inRun: boolean;
}

export function emitRead(context: CodecContext, message: MessageModel): void {
  const { out, options, wire } = context;
  const type = out.importType(message.name, typePath(message.desc, options), `${message.name}Type`);
  const table = importPart(out, message.desc, 'table', options);
  out.add(
    '',
    `export function ${partName(message.desc, 'read')}(b: Uint8Array, p: number, e: number, d: number, m?: ${type}): ${type} {`,
    `  if (m === undefined) m = { ${defaults(message).join(', ')} };`,
    ...readRun(context, message),
    '  while (p < e) {',
    '    const at = p;',
    '    let tag = b[p++]!;',
    '    if (tag > 127) {',
    `      tag = ${wire('varint', 'tagAt')}(b, at, e);`,
    `      p = ${wire('varint', 'pos')};`,
    '    }',
    '    switch (tag) {',
    ...message.fields.flatMap((field) => readCases({ ...context, inRun: isInRun(message, field) }, field)),
    '      default:',
    `        p = ${wire('unknown', 'keepUnknown')}(m, ${table}, b, at, tag, p, e, d);`,
    '    }',
    '  }',
    '  return m;',
    '}',
  );
}

/** A message with so many fields of strings in a row is read by runs (src/wire/text-run.ts). In others, a run is not worth the search for it. */
const FIELDS_IN_RUN = 4;

/** A string, list of strings or map of strings whose tag takes one byte. */
function isText({ desc, kind, type, key, oneof }: FieldModel): boolean {
  const areTexts = [type, ...(key ? [key] : [])].every((one) => one.kind === 'scalar' && one.scalar === 'string');
  return areTexts && desc.number < 16 && (kind !== 'one' || oneof === undefined);
}

function hasRun({ fields }: MessageModel): boolean {
  let inRow = 0;
  return fields
    .toSorted((a, b) => a.desc.number - b.desc.number)
    .some((field) => {
      inRow = isText(field) ? inRow + 1 : 0;
      return inRow === FIELDS_IN_RUN;
    });
}

function isInRun(message: MessageModel, field: FieldModel): boolean {
  return hasRun(message) && isText(field);
}

/** Statements that read the run of strings at the start of a message. */
function readRun({ out, wire }: CodecContext, message: MessageModel): string[] {
  if (!hasRun(message)) return [];
  const tags = message.fields.filter(isText).map(({ desc }) => tagOf(desc.number, 2));
  const set = out.constant(`/* @__PURE__ */ ${wire('text', 'byteSet')}(${tags.map((tag) => `[${tag}, ${tag}]`).join(', ')})`);
  return ['  const base = p;', `  const run = ${wire('text-run', 'textRun')}(${set}, b, p, e);`];
}

/** All properties in the order of the schema, so that all decoded messages have one shape. */
function defaults(message: MessageModel): string[] {
  const seen = new Set<string>();
  return message.desc.fields.flatMap((desc) => {
    const field = message.fields.find((f) => f.desc === desc) as FieldModel;
    const name = field.oneof ?? field.name;
    if (seen.has(name)) return [];
    seen.add(name);
    return [`${name}: ${defaultOf(field)}`];
  });
}

function defaultOf(field: FieldModel): string {
  if (field.kind === 'list') return '[]';
  if (field.kind === 'map') return 'new Map()';
  if (field.presence) return 'undefined';
  return (scalarCode(field.type) as ScalarCode).zero;
}

function readCases(context: ReadContext, field: FieldModel): string[] {
  const { number } = field.desc;
  const lines = (tag: number, body: string[]): string[] => [
    `      case ${tag}: {`,
    ...body.map((line) => `        ${line}`),
    '        break;',
    '      }',
  ];
  if (field.kind === 'map') return lines(tagOf(number, 2), readMap(context, field));
  if (field.kind === 'one') return lines(tagOf(number, wireTypeOf(field)), readOne(context, field));
  const { items } = fieldRules(field, context.model.settings);
  const single = lines(tagOf(number, scalarCode(field.type)?.wireType ?? 2), [
    ...limitCheck(context, field, '1'),
    // Not checked: that is worthwhile only for many elements at once.
    ...(areIds(field, items) ? [`${context.wire('text', 'markSuspect')}();`] : []),
    ...readValue(context, field.type, (value) => appendTo(`m.${field.name}`, value), { rules: items }),
  ]);
  const code = scalarCode(field.type);
  // "Packed and unpacked are both read."
  return code && code.wireType !== 2 ? [...lines(tagOf(number, 2), readPacked(context, field, code)), ...single] : single;
}

/** The first element creates a list of one, because `push` to an empty list allocates 17 elements. */
function appendTo(list: string, value: string): string[] {
  return [`const item = ${value};`, `if (${list}.length === 0) ${list} = [item];`, `else ${list}.push(item);`];
}

/** Refuses an element over the limit of the list before it is read, even without validation. */
function limitCheck({ model, wire }: CodecContext, field: FieldModel, more: string): string[] {
  const max = maxItemsOf(field, model.settings);
  if (max === undefined) return [];
  const count = `m.${field.name}.length + ${more}`;
  return [`if (${count} > ${max}) throw ${wire('lists', 'tooMany')}(at, ${count}, ${max});`];
}

/** Refuses a new key over the limit of the map. A duplicate key replaces its value. */
function mapLimitCheck({ model, wire }: CodecContext, field: FieldModel): string[] {
  const max = maxItemsOf(field, model.settings);
  if (max === undefined) return [];
  const map = `m.${field.name}`;
  return [`if (${map}.size === ${max} && !${map}.has(k)) throw ${wire('lists', 'tooMany')}(at, ${max + 1}, ${max});`];
}

function readOne(context: ReadContext, field: FieldModel): string[] {
  const { name, oneof, type } = field;
  const { whole } = fieldRules(field, context.model.settings);
  if (oneof === undefined) {
    const lines = readValue(context, type, (value) => [`m.${name} = ${value};`], { into: `m.${name}`, rules: whole });
    return withPrecheck(context, precheckedVarintBytes(field, whole), lines);
  }
  const set = (value: string): string[] => [`m.${oneof} = { $case: ${literal(name)}, value: ${value} };`];
  if (type.kind !== 'message') {
    return withPrecheck(context, precheckedVarintBytes(field, whole), readValue(context, type, set, { rules: whole }));
  }
  // The same member again merges; another member replaces.
  return [
    `const old = m.${oneof};`,
    ...readValue(context, type, set, { into: `old?.$case === ${literal(name)} ? old.value : undefined` }),
  ];
}

/** Statements that read a varint, which is suspect if it has more bytes than those that certainly keep the rules. */
function withPrecheck({ wire }: CodecContext, bytes: number | undefined, [read, ...rest]: string[]): string[] {
  if (bytes === undefined) return [read, ...rest];
  return [read, `if (${wire('varint', 'pos')} - p > ${bytes}) ${wire('text', 'markSuspect')}();`, ...rest];
}

/**
 * Statements that read a value at p, use it, and set p to the index after it.
 * @param into expression for a message into which a second occurrence is merged.
 * @param end the end of the parent.
 * @param rules the rules of the value, for a precheck of its characters.
 */
function readValue(
  context: ReadContext,
  type: ValueType,
  use: (value: string) => string[],
  { into, end = 'e', rules = [] }: { into?: string | undefined; end?: string; rules?: readonly Rule[] | undefined } = {},
): string[] {
  const { wire } = context;
  const pos = wire('varint', 'pos');
  if (type.kind === 'message') return readMessage(context, type, use, into, end);
  const { module, read, wireType, convert, maxBytes } = scalarCode(type) as ScalarCode;
  const converted = (expression: string): string => (convert ? `${expression} ${convert}` : expression);
  if (wireType === 2) {
    const refused = refusedCharacters(rules);
    const isScanned = refused !== undefined || (read === 'textAt' && context.inRun);
    const text = isScanned ? scanText(context, refused) : `${wire(module, read)}(b, p, p + n)`;
    return [...readLength(context, end), ...use(text), 'p += n;'];
  }
  const call = `${wire(module, read)}(b, p, ${end})`;
  if (wireType !== 0) return [...use(converted(call)), `p += ${maxBytes};`];
  if (read !== 'varint32') return [`const v = ${converted(call)};`, `p = ${pos};`, ...use('v')];
  return [
    `let v = p < ${end} ? b[p]! : 128;`,
    'if (v < 128) p++;',
    'else {',
    `  v = ${converted(call)};`,
    `  p = ${pos};`,
    '}',
    ...use('v'),
  ];
}

/** Reads a length into n. Nearly all take one byte: that case is inline, because a call costs more than the read. */
function readLength({ wire }: CodecContext, end: string): string[] {
  return [
    `let n = p < ${end} ? b[p]! : 128;`,
    `if (n < 128 && n < ${end} - p) p++;`,
    'else {',
    `  n = ${wire('varint', 'lengthAt')}(b, p, ${end});`,
    `  p = ${wire('varint', 'pos')};`,
    '}',
  ];
}

/** An expression that reads the text at p, which is suspect if it contains a refused character. */
function scanText({ out, wire, inRun }: ReadContext, refused: string | undefined): string {
  const bytes = (refused === undefined ? [[0, 0xff]] : precheckedBytes(refused)).map(
    ([first, last]) => `[0x${first.toString(16)}, 0x${last.toString(16)}]`,
  );
  const set = out.constant(`/* @__PURE__ */ ${wire('text', 'byteSet')}(${bytes.join(', ')})`);
  return `${wire('text', 'scanText')}(${set}, b, p, p + n${inRun ? ', run, base' : ''})`;
}

function readMessage(
  context: CodecContext,
  type: ValueType & { kind: 'message' },
  use: (value: string) => string[],
  into: string | undefined,
  end: string,
): string[] {
  const { out, wire, options } = context;
  const read = importPart(out, type.message, 'read', options);
  return [
    `if (d === ${out.import('MAX_DEPTH', runtimePath('limits', options))}) throw ${wire('unknown', 'tooDeep')}(at);`,
    ...readLength(context, end),
    ...use(`${read}(b, p, p + n, d + 1${into === undefined ? '' : `, ${into}`})`),
    'p += n;',
  ];
}

function readPacked(context: ReadContext, field: FieldModel, code: ScalarCode): string[] {
  const { wire } = context;
  const head = [...readLength(context, 'e'), 'const q = p + n;'];
  // Elements end within the list.
  const push = readValue(context, field.type, (value) => [`m.${field.name}.push(${value});`], { end: 'q' });
  if (code.wireType === 0) {
    const body = [...limitCheck(context, field, '1'), ...push].map((line) => `  ${line}`);
    return [...head, 'while (p < q) {', ...body, '}'];
  }
  const count = `${wire('lists', 'fixedCount')}(p, q, ${code.maxBytes}, at)`;
  const limit = limitCheck(context, field, 'count');
  const counted = limit.length > 0 ? [`const count = ${count};`, ...limit] : [`${count};`];
  if (code.read === 'sfixed64At')
    return [...head, ...counted, `m.${field.name} = ${wire('lists', 'withSfixed64s')}(m.${field.name}, b, p, q);`, 'p = q;'];
  return [...head, ...counted, 'while (p < q) {', ...push.map((line) => `  ${line}`), '}'];
}

/** An entry is a message: key 1, value 2, each of which may be missing, repeated or out of order. */
function readMap(context: ReadContext, field: FieldModel): string[] {
  const { wire } = context;
  const key = field.key as ValueType;
  const rules = fieldRules(field, context.model.settings);
  const pos = wire('varint', 'pos');
  const zero =
    field.type.kind === 'message'
      ? `${importPart(context.out, field.type.message, 'read', context.options)}(b, 0, 0, d + 1)`
      : (scalarCode(field.type) as ScalarCode).zero;
  const read = (type: ValueType, use: (value: string) => string[], rules?: readonly Rule[], into?: string): string[] =>
    readValue(context, type, use, { into, end: 'q', rules }).map((line) => `    ${line}`);
  const valueType = field.type.kind === 'message' ? `: ${mapValueType(context, field.type)}` : '';
  return [
    `const length = ${wire('varint', 'lengthAt')}(b, p, e);`,
    `p = ${pos};`,
    'const q = p + length;',
    `let k = ${(scalarCode(key) as ScalarCode).zero};`,
    field.type.kind === 'message' ? `let x${valueType} | undefined;` : `let x${annotation(field.type)} = ${zero};`,
    'while (p < q) {',
    '  const at = p;',
    `  const tag = ${wire('varint', 'tagAt')}(b, p, q);`,
    `  p = ${pos};`,
    `  if (tag === ${tagOf(1, (scalarCode(key) as ScalarCode).wireType)}) {`,
    ...read(key, (value) => [`k = ${value};`], rules.keys),
    `  } else if (tag === ${tagOf(2, scalarCode(field.type)?.wireType ?? 2)}) {`,
    ...read(field.type, (value) => [`x = ${value};`], rules.items, field.type.kind === 'message' ? 'x' : undefined),
    '  } else {',
    `    p = ${wire('unknown', 'skipEntryField')}(b, at, tag, p, q, d);`,
    '  }',
    '}',
    ...mapLimitCheck(context, field),
    `m.${field.name}.set(k, x${field.type.kind === 'message' ? ` ?? ${zero}` : ''});`,
  ];
}

function mapValueType({ out, options }: CodecContext, type: ValueType & { kind: 'message' }): string {
  const name = typeName(type.message);
  return out.importType(name, typePath(type.message, options), `${name}Type`);
}

/** For bytes, because the default has a narrower type than the values that are read. */
function annotation(type: ValueType): string {
  return scalarCode(type)?.type === 'Uint8Array' ? ': Uint8Array' : '';
}
