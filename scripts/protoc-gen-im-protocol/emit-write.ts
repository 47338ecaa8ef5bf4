// Code that encodes: `write*` checks the types and writes, in ascending order of the field numbers. It does not ask for room: what
// has none is not written but counted, and the door comes again with a larger buffer.
import type { CodecContext } from './emit-codecs.js';
import { initName } from './emit-inits.js';
import { modulePath, runtimePath } from './generated-paths.js';
import { maxBytesOf } from './max-bytes.js';
import { type FieldModel, isDeep, type MessageModel, typeName, type ValueType } from './model.js';
import { type ScalarCode, scalarCode, tagBytes, wireTypeOf } from './wire-types.js';

export function emitWrite(context: CodecContext, message: MessageModel): void {
  const { out } = context;
  const init = out.importType(initName(message.name), modulePath('init', message.desc.file));
  const depth = message.deep ? ', d = 0' : '';
  out.add(
    '',
    `export function write${message.name}(m: ${init}, b: Uint8Array, p: number${depth}): number {`,
    ...depthCheck(context, message),
    ...knownKeys(context, message),
    ...writeBody(context, message),
    '}',
  );
}

/** "nesting deeper than 100" is refused here too: no reader would take it. Of other messages the schema tells how deep they are. */
function depthCheck({ out, options, wire }: CodecContext, { recursive }: MessageModel): string[] {
  if (!recursive) return [];
  return [`  if (d > ${out.import('MAX_DEPTH', runtimePath('limits', options))}) throw ${wire('unknown', 'tooDeep')}(-1);`];
}

function knownKeys({ wire }: CodecContext, { fields, oneofs }: MessageModel): string[] {
  const names = [...fields.filter((f) => f.oneof === undefined), ...oneofs].map((f) => f.name);
  const cases = names.map((name) => `      case '${name}':`);
  return [
    '  let empty = true;',
    '  for (const key in m) {',
    '    empty = false;',
    '    switch (key) {',
    ...cases,
    ...(cases.length > 0 ? ['        continue;'] : []),
    '      default:',
    `        throw ${wire('encodable', 'unknownKey')}();`,
    '    }',
    '  }',
    // A Map, a Date or an empty array has no keys either.
    `  if (empty) ${wire('encodable', 'requirePlain')}(m);`,
  ];
}

function writeBody(context: CodecContext, message: MessageModel): string[] {
  const runs = runsOf(message.fields);
  const lines = message.oneofs.flatMap((oneof) => {
    const count = runs.filter((run) => run[0].oneof === oneof.name).length;
    return [`  const ${oneof.name}$ = m.${oneof.name};`, ...(count > 1 ? requireMember(context, oneof.name, oneof.fields) : [])];
  });
  for (const run of runs) {
    const oneof = run[0].oneof;
    if (oneof === undefined) lines.push(...run.flatMap((f) => writeField(context, f)));
    else lines.push(...writeOneof(context, oneof, run, runs.filter(([first]) => first.oneof === oneof).length === 1));
  }
  return [
    ...lines,
    `  const unknown = m[${context.wire('unknown', 'UNKNOWN_FIELDS')}];`,
    `  return unknown === undefined ? p : ${context.wire('unknown', 'putUnknown')}(unknown, b, p);`,
  ];
}

/** Of a oneof whose members are scattered over the numbers, the member is checked once, before. */
function requireMember({ wire }: CodecContext, name: string, fields: readonly FieldModel[]): string[] {
  const known = fields.map((f) => `${name}$.$case !== '${f.name}'`).join(' && ');
  return [
    `  if (${name}$ !== undefined) {`,
    `    ${wire('encodable', 'checkMember')}(${name}$);`,
    `    if (${known}) throw ${wire('encodable', 'wrongType')}();`,
    '  }',
  ];
}

/** Fields in a row that belong to the same oneof, or to none. */
function runsOf(fields: readonly FieldModel[]): FieldModel[][] {
  const runs: FieldModel[][] = [];
  for (const field of fields) {
    const last = runs.at(-1);
    if (last && last[0].oneof === field.oneof) last.push(field);
    else runs.push([field]);
  }
  return runs;
}

/** @param whole the run has all members of the oneof, and so judges what is none. */
function writeOneof(context: CodecContext, oneof: string, run: readonly FieldModel[], whole: boolean): string[] {
  const { wire } = context;
  return [
    `  if (${oneof}$ !== undefined) {`,
    ...(whole ? [`    ${wire('encodable', 'checkMember')}(${oneof}$);`] : []),
    `    switch (${oneof}$.$case) {`,
    ...run.flatMap((field) => [
      `      case '${field.name}': {`,
      `        const v = ${oneof}$.value;`,
      ...writeValue(context, field.type, tagBytes(field.desc.number, wireTypeOf(field)), 'v', '        '),
      '        break;',
      '      }',
    ]),
    ...(whole ? ['      default:', `        throw ${wire('encodable', 'wrongType')}();`] : []),
    '    }',
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
    const isNotEmpty = context.wire('encodable', 'isNotEmpty');
    return ['  {', read, `    if (${isNotEmpty}(v)) {`, ...writeList(context, field, tag), '    }', '  }'];
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

/** Condition under which a single field is written: it is set, or (without presence) it is not the default. */
function isSet({ wire }: CodecContext, field: FieldModel): string {
  if (field.presence) return 'v !== undefined';
  const code = scalarCode(field.type) as ScalarCode;
  switch (code.type) {
    case 'boolean':
      return `${wire('encodable', 'isTrue')}(v)`;
    case 'bigint':
      return `${wire('encodable', 'isNotZero')}(v)`;
    case 'Uint8Array':
      return `${wire('encodable', 'isSomeBytes')}(v)`;
    case 'string':
      return "v !== undefined && v !== ''";
    default:
      return code.zero === '0' && code.writeModule === 'fixed' && code.write.match(/Float|Double/)
        ? `${wire('encodable', 'isNotPlusZero')}(v)`
        : 'v !== undefined && v !== 0';
  }
}

/** Tag and value, in the order of the wire. */
function writeValue(context: CodecContext, type: ValueType, tag: readonly number[], value: string, indent: string): string[] {
  const tags = tag.map((byte) => `${indent}b[p++] = ${byte};`);
  if (type.kind !== 'message') {
    const { writeModule, write } = scalarCode(type) as ScalarCode;
    return [...tags, `${indent}p = ${context.wire(writeModule, write)}(${value}, b, p);`];
  }
  return [...tags, ...writeMessage(context, type, value, indent)];
}

/**
 * The length goes before the message but is known behind it: room is left for it, and what was written is moved if that was wrong.
 * A message that never has 128 bytes needs one byte; of others the last one is the best guess.
 */
function writeMessage(context: CodecContext, type: ValueType & { kind: 'message' }, value: string, indent: string): string[] {
  const { out, wire } = context;
  const name = typeName(type.message);
  const write = out.import(`write${name}`, modulePath('codec', type.message.file));
  const close = wire('text', 'closeLength');
  const checked = `${wire('encodable', 'messageOf')}(${value})`;
  const depth = isDeep(type.message) ? ', d + 1' : '';
  const max = maxBytesOf(context.model, type);
  if (max !== undefined && max < 128) return [`${indent}p = ${close}(b, p, 1, ${write}(${checked}, b, p + 1${depth}));`];
  const guess = out.variable(`guess${name}`, 'let', '1');
  return [
    `${indent}const at = p;`,
    `${indent}const room = ${guess};`,
    `${indent}p = ${write}(${checked}, b, at + room${depth});`,
    `${indent}${guess} = ${wire('text', 'lengthBytes')}(p - at - room);`,
    `${indent}p = ${close}(b, at, room, p);`,
  ];
}

function writeList(context: CodecContext, field: FieldModel, tag: readonly number[]): string[] {
  const { wire } = context;
  if (field.type.kind === 'scalar' && field.type.scalar === 'sfixed64' && field.packed) {
    return [...tag.map((byte) => `      b[p++] = ${byte};`), `      p = ${wire('lists', 'putSfixed64s')}(v, b, p);`];
  }
  const loop = '      for (let i = 0; i < v.length; i++) {';
  if (!field.packed) return [loop, ...writeValue(context, field.type, tag, 'v[i]', '        '), '      }'];
  const { writeModule, write, type } = scalarCode(field.type) as ScalarCode;
  const element = type === 'number' ? `${wire('encodable', 'numberOf')}(v[i])` : 'v[i]';
  return [
    ...tag.map((byte) => `      b[p++] = ${byte};`),
    '      const at = p;',
    `      const room = ${wire('text', 'lengthBytes')}(v.length);`,
    '      p += room;',
    loop,
    `        p = ${wire(writeModule, write)}(${element}, b, p);`,
    '      }',
    `      p = ${wire('text', 'closeLength')}(b, at, room, p);`,
  ];
}

/** An entry is a message of its own: key 1, value 2, both always written. */
function writeMap(context: CodecContext, field: FieldModel, tag: readonly number[]): string[] {
  const key = field.key as ValueType;
  const keyTag = tagBytes(1, scalarCode(key)?.wireType ?? 2);
  const valueTag = tagBytes(2, scalarCode(field.type)?.wireType ?? 2);
  return [
    `      for (const [k, x] of ${context.wire('encodable', 'mapOf')}(v)) {`,
    ...tag.map((byte) => `        b[p++] = ${byte};`),
    '        const start = p++;',
    ...writeValue(context, key, keyTag, 'k', '        '),
    ...writeValue(context, field.type, valueTag, 'x', '        '),
    `        p = ${context.wire('text', 'closeLength')}(b, start, 1, p);`,
    '      }',
  ];
}
