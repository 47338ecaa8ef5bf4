// Code that encodes: `estimate*` checks the types and estimates the size, `write*` writes, in ascending order of the field numbers.
import type { CodecContext } from './emit-codecs.js';
import { emitEstimate, estimated } from './emit-estimate.js';
import { initName } from './emit-inits.js';
import { typePath } from './generated-paths.js';
import { isShort } from './max-bytes.js';
import type { FieldModel, MessageModel, ValueType } from './model.js';
import { typeName } from './names.js';
import { importPart, partName } from './parts.js';
import { literal } from './quote.js';
import { type ScalarCode, scalarCode, tagBytes, wireTypeOf } from './wire-types.js';

export function emitWrite(context: CodecContext, message: MessageModel): void {
  const { out } = context;
  const init = out.importType(initName(message.name), typePath(message.desc, context.options));
  const depth = message.deep ? ', d = 0' : '';
  out.add(
    '',
    `export function ${partName(message.desc, 'estimate')}(m: ${init}${depth}): number {`,
    ...emitEstimate(context, message),
    '}',
  );
  out.add(
    '',
    `export function ${partName(message.desc, 'write')}(m: ${init}, b: Uint8Array, p: number): number {`,
    ...writeBody(context, message),
    '}',
  );
}

function writeBody(context: CodecContext, message: MessageModel): string[] {
  const lines = message.oneofs.map(({ name }) => `  const $${name} = m.${name};`);
  for (const run of runsOf(message.fields)) {
    const oneof = run[0].oneof;
    lines.push(...(oneof === undefined ? run.flatMap((f) => writeField(context, f)) : writeOneof(context, oneof, run)));
  }
  return [
    ...lines,
    `  const unknown = m[${context.wire('unknown', 'UNKNOWN_FIELDS')}];`,
    `  return unknown === undefined ? p : ${context.wire('unknown', 'putUnknown')}(unknown, b, p);`,
  ];
}

/** Consecutive fields that belong to the same oneof, or to none. */
function runsOf(fields: readonly FieldModel[]): FieldModel[][] {
  const runs: FieldModel[][] = [];
  for (const field of fields) {
    const last = runs.at(-1);
    if (last && last[0].oneof === field.oneof) last.push(field);
    else runs.push([field]);
  }
  return runs;
}

function writeOneof(context: CodecContext, oneof: string, run: readonly FieldModel[]): string[] {
  return [
    `  switch ($${oneof}?.$case) {`,
    ...run.flatMap((field) => [
      `    case ${literal(field.name)}: {`,
      `      const v = $${oneof}.value;`,
      ...writeValue(context, field.type, tagBytes(field.desc.number, wireTypeOf(field)), 'v', '      '),
      '      break;',
      '    }',
    ]),
    '  }',
  ];
}

function writeField(context: CodecContext, field: FieldModel): string[] {
  const tag = tagBytes(field.desc.number, wireTypeOf(field));
  const read = `    const v = m.${field.name};`;
  if (field.kind === 'map') {
    return ['  {', read, '    if (v !== undefined) {', ...writeMap(context, field, tag), '    }', '  }'];
  }
  if (field.kind === 'list') {
    return ['  {', read, '    if (v !== undefined && v.length > 0) {', ...writeList(context, field, tag), '    }', '  }'];
  }
  return [
    '  {',
    read,
    `    if (${isSet(context, field)}) {`,
    ...writeValue(context, field.type, tag, 'v', '      '),
    '    }',
    '  }',
  ];
}

/** Condition for writing a single field: it is set, or (without presence) it is not the default. */
function isSet({ wire }: CodecContext, field: FieldModel): string {
  if (field.presence) return 'v !== undefined';
  const code = scalarCode(field.type) as ScalarCode;
  switch (code.type) {
    case 'boolean':
      return `${wire('capacity', 'isTrue')}(v)`;
    case 'bigint':
      return 'v !== undefined && v !== 0n';
    case 'Uint8Array':
      return 'v !== undefined && v.length > 0';
    case 'string':
      return "v !== undefined && v !== ''";
    default:
      return code.zero === '0' && code.writeModule === 'fixed' && code.write.match(/Float|Double/)
        ? `${wire('capacity', 'isNotPlusZero')}(v)`
        : 'v !== undefined && v !== 0';
  }
}

/** Tag and value, in the order of the wire. */
function writeValue(context: CodecContext, type: ValueType, tag: readonly number[], value: string, indent: string): string[] {
  const tags = tag.map((byte) => `${indent}b[p++] = ${byte};`);
  if (type.kind !== 'message') {
    return [...tags, ...writeScalar(context, scalarCode(type) as ScalarCode, value, indent)];
  }
  return [...tags, ...writeMessage(context, type, value, indent)];
}

/** Small numbers, such as most commands and kinds, take one byte. That case is inline, because a call costs more than the write. */
function writeScalar({ wire }: CodecContext, { writeModule, write }: ScalarCode, value: string, indent: string): string[] {
  const put = `p = ${wire(writeModule, write)}(${value}, b, p);`;
  if (write !== 'putInt32' && write !== 'putUint32') return [`${indent}${put}`];
  return [`${indent}if (${value} === (${value} & 127)) b[p++] = ${value};`, `${indent}else ${put}`];
}

/**
 * The length precedes the message and is known only after it is written: so bytes are reserved for the length, and the message is moved if the
 * length takes more or fewer. For a message that is always smaller than 128 bytes, one byte is reserved; for others, what the estimate of
 * the first pass suggests, minus the excess of the estimate for the last message of the type.
 */
function writeMessage(context: CodecContext, type: ValueType & { kind: 'message' }, value: string, indent: string): string[] {
  const { out, wire, options } = context;
  const write = importPart(out, type.message, 'write', options);
  const close = wire('text', 'closeLength');
  if (isShort(context.model, type)) return [`${indent}p = ${close}(b, p, 1, ${write}(${value}, b, p + 1));`];
  const excess = out.variable(`excess$${typeName(type.message)}`, 'let', '0');
  return [
    `${indent}const at = p;`,
    `${indent}const size = ${estimated(out, type.message)};`,
    `${indent}const reserved = ${wire('text', 'lengthBytes')}(size - ${excess});`,
    `${indent}p = ${write}(${value}, b, at + reserved);`,
    `${indent}${excess} = size - (p - at - reserved);`,
    `${indent}p = ${close}(b, at, reserved, p);`,
  ];
}

function writeList(context: CodecContext, field: FieldModel, tag: readonly number[]): string[] {
  const { wire } = context;
  if (field.type.kind === 'scalar' && field.type.scalar === 'sfixed64' && field.packed) {
    return [...tag.map((byte) => `      b[p++] = ${byte};`), `      p = ${wire('lists', 'putSfixed64s')}(v, b, p);`];
  }
  const loop = '      for (let i = 0; i < v.length; i++) {';
  if (!field.packed) return [loop, ...writeValue(context, field.type, tag, 'v[i]!', '        '), '      }'];
  const { writeModule, write, type } = scalarCode(field.type) as ScalarCode;
  const element = type === 'number' ? `${wire('capacity', 'numberOf')}(v[i]!)` : 'v[i]!';
  return [
    ...tag.map((byte) => `      b[p++] = ${byte};`),
    '      const at = p;',
    `      const reserved = ${wire('text', 'lengthBytes')}(v.length);`,
    '      p += reserved;',
    loop,
    `        p = ${wire(writeModule, write)}(${element}, b, p);`,
    '      }',
    `      p = ${wire('text', 'closeLength')}(b, at, reserved, p);`,
  ];
}

/** An entry is a message: key 1, value 2, both always written. */
function writeMap(context: CodecContext, field: FieldModel, tag: readonly number[]): string[] {
  const key = field.key as ValueType;
  const keyTag = tagBytes(1, scalarCode(key)?.wireType ?? 2);
  const valueTag = tagBytes(2, scalarCode(field.type)?.wireType ?? 2);
  return [
    '      for (const [k, x] of v) {',
    ...tag.map((byte) => `        b[p++] = ${byte};`),
    '        const start = p++;',
    ...writeValue(context, key, keyTag, 'k', '        '),
    ...writeValue(context, field.type, valueTag, 'x', '        '),
    `        p = ${context.wire('text', 'closeLength')}(b, start, 1, p);`,
    '      }',
  ];
}
