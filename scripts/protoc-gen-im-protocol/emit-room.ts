// The body of `likely*`: known keys, right types, and the room that each value is likely to take.
import type { CodecContext } from './emit-codecs.js';
import { modulePath, runtimePath } from './generated-paths.js';
import { isShort } from './max-bytes.js';
import { type FieldModel, isDeep, type MessageModel, type ValueType } from './model.js';
import { typeName } from './names.js';
import { literal } from './quote.js';
import { type ScalarCode, scalarCode } from './wire-types.js';

/** A tag takes at most 5 bytes; a length at most 5. */
const TAG = 5;
const HEAD = 10;

export function emitRoom(context: CodecContext, message: MessageModel): string[] {
  const { wire } = context;
  const fields = message.fields.filter((f) => f.oneof === undefined);
  const unknown = wire('unknown', 'UNKNOWN_FIELDS');
  const constant = fields.reduce((sum, f) => sum + (constantRoom(f) ?? 0), 0);
  return [
    ...depthCheck(context, message),
    ...knownKeys(
      context,
      [...fields, ...message.oneofs].map((f) => f.name),
    ),
    `  let room = ${constant};`,
    // Each message asks for its own: a function that all share would find every shape of object, and be slow.
    `  if (m[${unknown}] !== undefined) room += ${wire('room', 'bytesRoom')}(m[${unknown}]);`,
    ...fields.filter((f) => constantRoom(f) === undefined).flatMap((f) => addRoom(context, f)),
    ...message.oneofs.flatMap((oneof) => oneofRoom(context, oneof.name, oneof.fields)),
    '  return room;',
  ];
}

/** "nesting deeper than 100" is refused here too: no reader would take it. Of other messages the schema tells how deep they are. */
function depthCheck({ out, options, wire }: CodecContext, { recursive }: MessageModel): string[] {
  if (!recursive) return [];
  return [`  if (d > ${out.import('MAX_DEPTH', runtimePath('limits', options))}) throw ${wire('unknown', 'tooDeep')}(-1);`];
}

function knownKeys({ wire }: CodecContext, names: readonly string[]): string[] {
  const cases = names.map((name) => `      case ${literal(name)}:`);
  return [
    '  let empty = true;',
    '  for (const key in m) {',
    '    empty = false;',
    '    switch (key) {',
    ...cases,
    ...(cases.length > 0 ? ['        continue;'] : []),
    '      default:',
    `        throw ${wire('room', 'unknownKey')}();`,
    '    }',
    '  }',
    // A Map, a Date or an empty array has no keys either.
    `  if (empty) ${wire('room', 'requirePlain')}(m);`,
  ];
}

/** Room of a single value that never takes more; undefined of everything else. */
function constantRoom(field: FieldModel): number | undefined {
  const max = field.kind === 'one' ? scalarCode(field.type)?.maxBytes : undefined;
  return max === undefined ? undefined : max + TAG;
}

function addRoom(context: CodecContext, field: FieldModel): string[] {
  const { wire } = context;
  const { kind, type, name } = field;
  const value = `m.${name}`;
  const guard = `  if (${value} !== undefined)`;
  if (kind === 'one') return [`${guard} room += ${valueRoom(context, type, value)};`];
  if (kind === 'map') {
    const entry = `${valueRoom(context, field.key as ValueType, 'k')} + ${valueRoom(context, type, 'v')}`;
    return [`${guard} for (const [k, v] of ${wire('room', 'mapOf')}(${value})) room += ${HEAD} + ${entry};`];
  }
  const list = `${wire('room', 'listOf')}(${value})`;
  const max = scalarCode(type)?.maxBytes;
  if (max !== undefined) return [`${guard} room += ${HEAD} + ${list}.length * ${max + (field.packed ? 0 : TAG)};`];
  return [`${guard} for (const v of ${list}) room += ${valueRoom(context, type, 'v')};`];
}

/** Expression for the room of one value with its tag. */
function valueRoom({ out, options, model, wire }: CodecContext, type: ValueType, value: string): string {
  if (type.kind === 'message') {
    const likely = out.import(`likely${typeName(type.message)}`, modulePath('codec', type.message.file, options));
    const room = `${likely}(${wire('room', 'messageOf')}(${value})${isDeep(type.message) ? ', d + 1' : ''})`;
    // The first argument is worked out first: a message comes before what is in it.
    return isShort(model, type)
      ? `${HEAD} + ${room}`
      : `${HEAD} + ${wire('hints', 'noteHint')}(${wire('hints', 'openHint')}(), ${room})`;
  }
  const code = scalarCode(type) as ScalarCode;
  if (code.maxBytes !== undefined) {
    // Mentions the value, which is checked when it is written.
    return `${wire('room', 'roomFor')}(${value}, ${code.maxBytes + TAG})`;
  }
  return `${wire('room', code.type === 'string' ? 'textRoom' : 'bytesRoom')}(${value})`;
}

function oneofRoom(context: CodecContext, name: string, members: readonly FieldModel[]): string[] {
  const { wire } = context;
  return [
    `  const $${name} = m.${name};`,
    `  if ($${name} !== undefined) {`,
    `    ${wire('room', 'checkMember')}($${name});`,
    `    switch ($${name}.$case) {`,
    ...members.flatMap((member) => [
      `      case ${literal(member.name)}:`,
      `        room += ${valueRoom(context, member.type, `$${name}.value`)};`,
      '        break;',
    ]),
    '      default:',
    `        throw ${wire('room', 'wrongType')}();`,
    '    }',
    '  }',
  ];
}
