// The Lua table of a field, for wireshark/src/fields.lua, payload.lua and rules.lua.
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';
import { Format } from '../../generated/im/options/v1/options.js';
import type { FieldSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import type { LuaTable, LuaValue } from './lua-literal.js';
import { valueRules } from './rule-tables.js';

/** The scalar types that payload.lua supports: those of the schema. */
const SCALARS = new Set(['int64', 'uint32', 'sfixed64', 'fixed32', 'double', 'bool', 'string', 'bytes']);

export function fieldTable(desc: DescField, settings: Settings): LuaTable {
  const declared = settings.field(desc);
  const isList = desc.fieldKind === 'list';
  const own = isList || desc.fieldKind === 'map' ? undefined : declared;
  const items = isList ? declared?.items : declared?.values;
  return {
    number: desc.number,
    name: desc.name,
    json: desc.jsonName,
    kind: isList ? 'list' : desc.fieldKind === 'map' ? 'map' : undefined,
    ...typeOf(desc),
    entry: desc.fieldKind === 'map' ? entryTable(desc) : undefined,
    oneof: desc.oneof?.name,
    doc: firstSentence(desc),
    sensitive: declared?.sensitive || undefined,
    time: own && latestTime(own, settings),
    shared: sharedFilter(desc, declared),
    required: declared?.required || undefined,
    rules: valueRules(own, settings, desc),
    items: valueRules(items, settings, desc),
    keys: valueRules(declared?.keys, settings, desc),
    minItems: declared?.minItems,
    maxItems: declared?.maxItems,
    unique: declared?.unique || undefined,
  };
}

/** Type and default value. */
function typeOf(desc: DescField): { type: string; message?: string; enum?: string; default?: LuaValue } {
  if (desc.message) return { type: 'message', message: desc.message.typeName };
  if (desc.enum) return { type: 'enum', enum: desc.enum.typeName, default: 0 };
  return scalar(desc.scalar as ScalarType, desc);
}

function scalar(type: ScalarType, desc: DescField): { type: string; default: LuaValue } {
  const name = ScalarType[type].toLowerCase();
  if (!SCALARS.has(name)) throw new Error(`${desc.toString()}: wireshark/src/payload.lua does not support ${name}`);
  return { type: name, default: name === 'bool' ? false : name === 'string' || name === 'bytes' ? '' : 0 };
}

/** A map entry is a message with a key and a value. */
function entryTable(desc: DescField & { fieldKind: 'map' }): LuaTable {
  const part = (number: number, name: string, type: object): LuaTable => ({ number, name, json: name, isEntry: true, ...type });
  const entries: [number, LuaTable][] = [
    [1, part(1, 'key', scalar(desc.mapKey, desc))],
    [2, part(2, 'value', typeOf(desc))],
  ];
  return { fields: new Map(entries), oneofs: {} };
}

/** The maximum of a time in milliseconds. */
function latestTime(declared: FieldSettings, settings: Settings): LuaValue {
  return declared.format === Format.UNIX_MS ? settings.rules(declared).find(({ max }) => max !== undefined)?.max : undefined;
}

/** Fields with a shared filter, besides ids. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ['cmd', 'command'],
  ['sequence', 'sequence'],
  ['reply_to', 'reply_to'],
]);

/** The name of the filter that fields of several messages share: `user_id` for `user_id` and `user_ids`. */
export function sharedFilter({ name }: DescField, declared: FieldSettings | undefined): string | undefined {
  const format = declared?.items?.format || declared?.format;
  const isId = format === Format.ID || format === Format.ID_OR_ZERO;
  return isId ? name.replace(/_ids$/, '_id') : SHARED.get(name);
}

/** The description of the field in one sentence, for the list of filters. */
export function firstSentence(desc: DescField | DescMessage): string {
  const text = (getComments(desc).leading ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}
