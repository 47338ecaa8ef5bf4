// The body of `estimate*`: checks keys and types, adds up the estimated sizes of values, and marks what is newer than version 1.
import type { DescMessage } from '@bufbuild/protobuf';
import type { CodecContext } from './emit-codecs.js';
import { markField, markMember } from './emit-newer.js';
import { runtimePath } from './generated-paths.js';
import { isShort } from './max-bytes.js';
import { type FieldModel, isDeep, type MessageModel, type ValueType } from './model.js';
import { typeName } from './names.js';
import { importPart } from './parts.js';
import { literal } from './quote.js';
import type { Source } from './source.js';
import { type ScalarCode, scalarCode } from './wire-types.js';

/** A tag takes at most 5 bytes; a length at most 5. */
const TAG = 5;
const HEAD = 10;

export function emitEstimate(context: CodecContext, message: MessageModel): string[] {
  const { wire } = context;
  const fields = message.fields.filter((f) => f.oneof === undefined);
  const unknown = wire('unknown', 'UNKNOWN_FIELDS');
  const constant = fields.reduce((sum, f) => sum + (constantCapacity(f) ?? 0), 0);
  return [
    ...depthCheck(context, message),
    ...knownKeys(
      context,
      [...fields, ...message.oneofs].map((f) => f.name),
    ),
    `  let capacity = ${constant};`,
    // Each message reads its own: a shared function would see objects of every shape, which is slow.
    `  if (m[${unknown}] !== undefined) capacity += ${wire('capacity', 'bytesCapacity')}(m[${unknown}]);`,
    ...fields.flatMap((f) => [...(constantCapacity(f) === undefined ? addCapacity(context, f) : []), ...markField(context, f)]),
    ...message.oneofs.flatMap((oneof) => oneofCapacity(context, oneof.name, oneof.fields)),
    '  return capacity;',
  ];
}

/** "nesting deeper than 100" is refused here too, because no reader would accept it. The depth of other messages is bounded by the schema. */
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
    `        throw ${wire('capacity', 'wrongType')}();`,
    '    }',
    '  }',
    // A Map, a Date and an empty array have no keys either.
    `  if (empty) ${wire('capacity', 'requirePlain')}(m);`,
  ];
}

/** Maximum size of a single value that has one, with its tag; else undefined. */
function constantCapacity(field: FieldModel): number | undefined {
  const max = field.kind === 'one' ? scalarCode(field.type)?.maxBytes : undefined;
  return max === undefined ? undefined : max + TAG;
}

function addCapacity(context: CodecContext, field: FieldModel): string[] {
  const { wire } = context;
  const { kind, type, name } = field;
  const value = `m.${name}`;
  const guard = `  if (${value} !== undefined)`;
  if (kind === 'one') return [`${guard} capacity += ${valueCapacity(context, type, value)};`];
  if (kind === 'map') {
    const entry = `${valueCapacity(context, field.key as ValueType, 'k')} + ${valueCapacity(context, type, 'v')}`;
    return [`${guard} for (const [k, v] of ${wire('capacity', 'mapOf')}(${value})) capacity += ${HEAD} + ${entry};`];
  }
  const list = `${wire('capacity', 'listOf')}(${value})`;
  const max = scalarCode(type)?.maxBytes;
  if (max !== undefined) return [`${guard} capacity += ${HEAD} + ${list}.length * ${max + (field.packed ? 0 : TAG)};`];
  return [`${guard} for (const v of ${list}) capacity += ${valueCapacity(context, type, 'v')};`];
}

/** The variable with the estimate for the last nested message of a type, which the first pass leaves for the second. */
export function estimated(out: Source, message: DescMessage): string {
  return out.variable(`estimated$${typeName(message)}`, 'let', '0');
}

/** Expression for the estimated size of one value with its tag. */
function valueCapacity({ out, options, model, wire }: CodecContext, type: ValueType, value: string): string {
  if (type.kind === 'message') {
    const estimate = importPart(out, type.message, 'estimate', options);
    const call = `${estimate}(${wire('capacity', 'messageOf')}(${value})${isDeep(type.message) ? ', d + 1' : ''})`;
    return isShort(model, type) ? `${HEAD} + ${call}` : `${HEAD} + (${estimated(out, type.message)} = ${call})`;
  }
  const code = scalarCode(type) as ScalarCode;
  if (code.maxBytes !== undefined) {
    // The value is checked when it is written.
    return `${wire('capacity', 'capacityFor')}(${value}, ${code.maxBytes + TAG})`;
  }
  return `${wire('capacity', code.type === 'string' ? 'textCapacity' : 'bytesCapacity')}(${value})`;
}

function oneofCapacity(context: CodecContext, name: string, members: readonly FieldModel[]): string[] {
  const { wire } = context;
  return [
    `  const $${name} = m.${name};`,
    `  if ($${name} !== undefined) {`,
    `    ${wire('capacity', 'checkMember')}($${name});`,
    `    switch ($${name}.$case) {`,
    ...members.flatMap((member) => [
      `      case ${literal(member.name)}:`,
      `        capacity += ${valueCapacity(context, member.type, `$${name}.value`)};`,
      ...markMember(context, member, `$${name}.value`),
      '        break;',
    ]),
    '      default:',
    `        throw ${wire('capacity', 'wrongType')}();`,
    '    }',
    '  }',
  ];
}
