// Reads the options of im/options/v1 from protobufjs.
import type * as Protobufjs from 'protobufjs';

const FIELD = 'im.options.v1.field';
const VALUE = 'im.options.v1.value';

/** True for a sensitive field, or one with sensitive elements, keys or values. */
export function isSensitive(field: Protobufjs.Field): boolean {
  const parsed = (field.parsedOptions ?? []) as unknown as readonly Readonly<Record<string, unknown>>[];
  return parsed.some((options) =>
    Object.entries(options).some(([name, value]) => isOption(name, FIELD, field.fullName) && hasSensitive(value)),
  );
}

/** True if these rules, or those of the elements, keys or values, have `sensitive`. */
function hasSensitive(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false;
  const { sensitive, items, keys, values } = settings as Readonly<Record<string, unknown>>;
  // In text format, a bool may be written in all these ways.
  return ['true', 'True', 't', '1'].includes(String(sensitive)) || [items, keys, values].some(hasSensitive);
}

/** True if the options of an enum value make it an application command. */
export function isCommand(options: Readonly<Record<string, unknown>> | undefined, scope: string): boolean {
  return Object.keys(options ?? {}).some((name) => {
    const [, option, rest] = /^(\([^)]*\))\.(.*)$/.exec(name) ?? [];
    return option !== undefined && isOption(option, VALUE, scope) && /^application_command(\.|$)/.test(rest);
  });
}

/** True if a name in parentheses resolves to the option: fully qualified, or relative to an enclosing scope. */
function isOption(text: string, option: string, scope: string): boolean {
  const name = /^\(([^)]*)\)$/.exec(text)?.[1].trim();
  if (name === undefined) return false;
  if (name.startsWith('.')) return name.slice(1) === option;
  const around = scope.replace(/^\./, '').split('.');
  return around.some((_part, i) => [...around.slice(0, i), name].join('.') === option);
}
