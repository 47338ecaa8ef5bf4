// The options of this package in .proto files, as protobufjs reads them.
import type * as Protobufjs from 'protobufjs';

const FIELD = 'im.options.v1.field';
const VALUE = 'im.options.v1.value';

/** True for a field that is a secret, or whose elements, keys or values are. */
export function isSensitive(field: Protobufjs.Field): boolean {
  const parsed = (field.parsedOptions ?? []) as unknown as readonly Readonly<Record<string, unknown>>[];
  return parsed.some((options) =>
    Object.entries(options).some(([name, value]) => isOption(name, FIELD, field.fullName) && saysSensitive(value)),
  );
}

/** "The value is a secret"; so are those of a list or map, by their own rules. */
function saysSensitive(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false;
  const { sensitive, items, keys, values } = settings as Readonly<Record<string, unknown>>;
  // In a value in braces, a bool may be written in all these ways.
  return ['true', 'True', 't', '1'].includes(String(sensitive)) || [items, keys, values].some(saysSensitive);
}

/** True if one of these options of an enum value makes it a command of an application. */
export function isCommand(options: Readonly<Record<string, unknown>> | undefined, scope: string): boolean {
  return Object.keys(options ?? {}).some((name) => {
    const [, option, rest] = /^(\([^)]*\))\.(.*)$/.exec(name) ?? [];
    return option !== undefined && isOption(option, VALUE, scope) && /^application_command(\.|$)/.test(rest);
  });
}

/** True if a name in brackets means an option: in full, or from one of the packages around it on. */
function isOption(text: string, option: string, scope: string): boolean {
  const name = /^\(([^)]*)\)$/.exec(text)?.[1].trim();
  if (name === undefined) return false;
  if (name.startsWith('.')) return name.slice(1) === option;
  const around = scope.replace(/^\./, '').split('.');
  return around.some((_part, i) => [...around.slice(0, i), name].join('.') === option);
}
