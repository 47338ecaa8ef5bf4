// The commands that .proto files declare.
import type * as Protobufjs from 'protobufjs';
import { FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { isCommand } from './protobufjs-options.js';

/** How a command is called: by the value of the enum, and without the name of the enum before it. */
export interface CommandNames {
  readonly full: string;
  readonly short: string;
}

/** By number; without those that two enums call differently. */
export function commandNames(enums: readonly Protobufjs.Enum[]): ReadonlyMap<number, CommandNames> {
  const found = new Map<number, CommandNames | undefined>();
  for (const one of enums) {
    const options = one.valuesOptions ?? {};
    // protobufjs drops an option that is an empty message: the enum has commands, then its other values from 1000 on are some too.
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
