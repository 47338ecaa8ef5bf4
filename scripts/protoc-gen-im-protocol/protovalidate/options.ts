// The options of an element of a schema, custom ones among them, as values of the text format.
import {
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescMessage,
  getExtension,
  type Message,
  type Registry,
  ScalarType,
  type UnknownField,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { Bytes, Identifier, type TextMessage, type TextValue } from './text-format.js';

/** Options of an element: the name, `(pkg.name)` for a custom one, and the value. One that is repeated occurs several times. */
export type OptionEntry = readonly [name: string, value: TextValue];

type OptionsMessage = Message & { readonly $unknown?: UnknownField[] | undefined };

/** @param registry knows all files of the request, and so all custom options. */
export function optionsOf(options: OptionsMessage | undefined, desc: DescMessage, registry: Registry): OptionEntry[] {
  if (options === undefined) return [];
  const entries = Object.entries(toText(reflect(desc, options), registry, (name) => `(${name})`)) as [string, TextValue][];
  // Each element of a repeated option is a statement.
  return entries.flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((each): OptionEntry => [name, each]) : [[name, value]],
  );
}

function toText(message: ReflectMessage, registry: Registry, extensionName: (name: string) => string): TextMessage {
  const text: Record<string, TextValue> = {};
  for (const field of message.sortedFields) {
    if (message.isSet(field)) text[field.name] = fieldText(message, field, registry);
  }
  for (const extension of extensionsOf(message, registry)) {
    const value = getExtension(message.message as Message, extension);
    text[extensionName(extension.typeName)] = extensionText(extension, value, registry);
  }
  return text;
}

/** The extensions that are set, by number. */
function extensionsOf({ desc, message }: ReflectMessage, registry: Registry): DescExtension[] {
  const numbers = new Set(((message as OptionsMessage).$unknown ?? []).map(({ no }) => no));
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const extension = registry.getExtensionFor(desc, number);
      if (extension === undefined) throw new Error(`no file of the request declares the extension ${number} of ${desc.typeName}`);
      return extension;
    });
}

function fieldText(message: ReflectMessage, field: DescField, registry: Registry): TextValue {
  if (field.fieldKind === 'list') return [...message.get(field)].map((value) => valueText(field, value, registry));
  if (field.fieldKind !== 'map') return valueText(field, message.get(field), registry);
  return [...message.get(field)].map(([key, value]) => ({
    key: key as TextValue,
    value: valueText(field, value, registry),
  }));
}

function extensionText(extension: DescExtension, value: unknown, registry: Registry): TextValue {
  const plain = (one: unknown): TextValue =>
    extension.message ? messageText(reflect(extension.message, one as Message), registry) : valueText(extension, one, registry);
  return extension.fieldKind === 'list' ? (value as unknown[]).map(plain) : plain(value);
}

function messageText(message: ReflectMessage, registry: Registry): TextMessage {
  return toText(message, registry, (name) => `[${name}]`);
}

interface ValueType {
  readonly message?: DescMessage | undefined;
  readonly enum?: DescEnum | undefined;
  readonly scalar?: ScalarType | undefined;
}

/** One value: of a field, an element, a value of a map. */
function valueText(type: ValueType, value: unknown, registry: Registry): TextValue {
  if (type.message) return messageText(value as ReflectMessage, registry);
  if (type.enum) {
    const named = type.enum.value[value as number];
    return named === undefined ? (value as number) : new Identifier(named.name);
  }
  if (value instanceof Uint8Array) return new Bytes(value);
  if (type.scalar === ScalarType.DOUBLE || type.scalar === ScalarType.FLOAT) return floatText(value as number);
  return value as TextValue;
}

function floatText(value: number): TextValue {
  if (Number.isFinite(value)) return value;
  return new Identifier(Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf');
}
