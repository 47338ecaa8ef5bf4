// The commands that .proto files declare, from their enums.
import type * as Protobufjs from 'protobufjs';
import { FIRST_APPLICATION_COMMAND } from '../../../generated/commands.js';
import { isCommand } from './options.js';

/** The names of a command: that of the enum value, and the same without the enum's prefix. */
export interface CommandNames {
  readonly full: string;
  readonly short: string;
}

/** By number, without numbers that have different names in two enums. */
export function commandNames(enums: readonly Protobufjs.Enum[]): ReadonlyMap<number, CommandNames> {
  const found = new Map<number, CommandNames | undefined>();
  for (const one of enums) {
    const options = one.valuesOptions ?? {};
    // protobufjs drops options that are empty messages: in an enum with commands, all values from 1000 on count as commands.
    if (!Object.values(options).some((each) => isCommand(each, one.fullName))) continue;
    for (const [full, number] of Object.entries(one.values)) {
      if (number < FIRST_APPLICATION_COMMAND) continue;
      const known = found.has(number) && found.get(number)?.full !== full;
      found.set(number, known ? undefined : { full, short: withoutPrefix(full, one.name) });
    }
  }
  return new Map([...found].filter((entry): entry is [number, CommandNames] => entry[1] !== undefined));
}

function withoutPrefix(value: string, enumName: string): string {
  const prefix = `${enumName.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_`;
  return value.startsWith(prefix) && value.length > prefix.length ? value.slice(prefix.length) : value;
}
