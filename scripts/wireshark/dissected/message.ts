// Converts tree items to ProtoJSON, merged by the rules of protobuf: the last scalar counts, messages merge, lists append.
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { filterName } from '../../generate-dissector/message-table.js';
import type { Item } from './pdml.js';
import { textOf } from './text.js';

type Json = Record<string, unknown>;

/** The message of these items. */
export function messageOf(desc: DescMessage, items: readonly Item[]): Json {
  return finished(desc, folded(desc, items, {}));
}

/** Adds the items to a message. Defaults are removed later. */
function folded(desc: DescMessage, items: readonly Item[], into: Json): Json {
  const fields = new Map(desc.fields.map((field) => [`im.${filterName(desc)}.${field.name}`, field]));
  for (const item of items.filter(({ isHidden }) => !isHidden)) {
    const field = fields.get(item.name);
    if (field) addField(into, field, item);
    else if (item.name === 'im.unknown_field') into.$unknown = `${into.$unknown ?? ''}${item.value}`;
    // Errors are beside the fields.
    else if (!/^(im\.error|im\.payload|_ws\.expert|)$/.test(item.name)) throw new Error(`${desc.name} has an item ${item.name}`);
  }
  return into;
}

function addField(into: Json, field: DescField, item: Item): void {
  const name = field.jsonName;
  for (const other of field.oneof?.fields ?? []) if (other !== field) delete into[other.jsonName];
  if (field.fieldKind === 'map') addEntry(into, field, item);
  else if (field.fieldKind === 'list') {
    into[name] ??= [];
    (into[name] as unknown[]).push(field.message ? messageOf(field.message, item.items) : scalarOf(field, item));
  } else if (field.message) into[name] = folded(field.message, item.items, (into[name] ?? {}) as Json);
  else into[name] = scalarOf(field, item);
}

function addEntry(into: Json, field: DescField & { fieldKind: 'map' }, entry: Item): void {
  const part = (end: string): Item | undefined => entry.items.findLast(({ name }) => name === `${entry.name}.${end}`);
  const [key, value] = [part('key'), part('value')];
  const keyText = field.mapKey === ScalarType.STRING ? textOf(key) : (key?.show ?? '0');
  const isText = field.scalar === ScalarType.STRING;
  into[field.jsonName] ??= {};
  (into[field.jsonName] as Json)[keyText] = isText ? textOf(value) : Number(value?.show ?? 0);
}

function scalarOf({ enum: of, scalar }: DescField, item: Item): unknown {
  if (of) return of.values.find(({ number }) => String(number) === item.show)?.name ?? Number(item.show);
  switch (scalar) {
    case ScalarType.STRING:
      return textOf(item);
    case ScalarType.BYTES:
      return Buffer.from(item.value, 'hex').toString('base64');
    case ScalarType.BOOL:
      return item.show === '1' || item.show === 'True';
    case ScalarType.INT64:
    case ScalarType.SFIXED64:
      return item.show;
    default:
      return Number(item.show);
  }
}

/** Removes defaults, except in messages and members of oneofs, and converts Any and unknown fields. */
function finished(desc: DescMessage, message: Json): Json {
  const json: Json = {};
  for (const field of desc.fields) {
    const value = message[field.jsonName];
    if (value === undefined) continue;
    if (field.fieldKind === 'message') json[field.jsonName] = finished(field.message, value as Json);
    else if (field.oneof || field.fieldKind !== (field.enum ? 'enum' : 'scalar') || !isDefault(field, value)) {
      json[field.jsonName] = value;
    }
  }
  if (message.$unknown !== undefined) json.$unknown = Buffer.from(message.$unknown as string, 'hex').toString('base64');
  if (desc.typeName !== 'google.protobuf.Any') return json;
  const { typeUrl = '', value = '', ...others } = json;
  return { '@type': typeUrl, value, ...others };
}

function isDefault(field: DescField, value: unknown): boolean {
  return (
    value === 0 ||
    value === '' ||
    value === '0' ||
    value === false ||
    value === field.enum?.values.find((v) => v.number === 0)?.name
  );
}
