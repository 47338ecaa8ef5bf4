// The `Init` type of each message: what encode, create and check accept. Every field is optional.
import { runtimePath, typePath } from './generated-paths.js';
import type { FieldModel, MessageModel, ValueType } from './model.js';
import { typeName } from './names.js';
import type { PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import type { Source } from './source.js';

/** Name of the Init type of a message. */
export const initName = (type: string): string => `${type}Init`;

/** Writes the Init type of a message. */
export function emitInit(out: Source, message: MessageModel, options: PluginOptions): void {
  out.add('', docComment(`A ${message.name} to encode. Every field is optional, and has its default if it is missing.`));
  const unknown = out.importType('WithUnknownFields', runtimePath('wire/unknown', options));
  out.add(`export interface ${initName(message.name)} extends ${unknown} {`);
  for (const field of message.fields) {
    if (field.oneof === undefined) out.add(`  ${field.name}?: ${fieldType(out, field, options)} | undefined;`);
  }
  for (const oneof of message.oneofs) {
    const members = oneof.fields.map((f) => `    | { $case: ${literal(f.name)}; value: ${valueType(out, f.type, options)} }`);
    out.add(`  ${oneof.name}?:`, ...members, '    | undefined;');
  }
  out.add('}');
}

function fieldType(out: Source, field: FieldModel, options: PluginOptions): string {
  const value = valueType(out, field.type, options);
  if (field.kind === 'list') return `readonly ${value}[]`;
  if (field.kind === 'map' && field.key) return `ReadonlyMap<${valueType(out, field.key, options)}, ${value}>`;
  return value;
}

/** The TypeScript type of a value. */
function valueType(out: Source, type: ValueType, options: PluginOptions): string {
  if (type.kind === 'enum') return out.importType(typeName(type.enum), typePath(type.enum, options));
  if (type.kind === 'message') return out.importType(initName(typeName(type.message)), typePath(type.message, options));
  switch (type.scalar) {
    case 'bool':
      return 'boolean';
    case 'string':
      return 'string';
    case 'bytes':
      return 'Uint8Array';
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return 'bigint';
    default:
      return 'number';
  }
}
