// The options --proto, --proto-path and --type: messages of applications, from .proto files.
import { CommandTable } from '../../../generated/im/protocol/v1/command.codec.js';
import type { JsonType } from '../../json/json-options.js';
import { FIRST_APPLICATION_TYPE } from '../../limits.js';
import { quoted } from '../../wire/quoted.js';
import type { Arguments } from '../command.js';
import { usageError } from '../exit.js';
import type { Protos } from './load-protos.js';

/** Messages of an application. */
export interface AppTypes {
  /** All messages, for Any. */
  readonly all: readonly JsonType[];
  /** The messages of frame types, by type number. */
  readonly payloads: ReadonlyMap<number, JsonType>;
}

/** Loads the files of --proto. @throws Failure for invalid options and files. */
export async function loadAppTypes(args: Arguments): Promise<AppTypes> {
  const files = args.list('proto');
  const names = args.list('type');
  if (files.length === 0) {
    if (names.length > 0) throw usageError('--type needs --proto');
    return { all: [], payloads: new Map() };
  }
  const { loadProtos } = await import('./load-protos.js');
  const { types: all, commands } = await loadProtos(files, args.list('proto-path'));
  nameCommands(commands);
  const payloads = new Map<number, JsonType>();
  for (const text of names) for (const [number, name] of payloadTypes(text)) payloads.set(number, byName(all, name));
  return { all, payloads };
}

/**
 * Adds the commands of an application to the global table of commands, from which JSON and inspections take names. A process reads only one
 * input, with the types of one application.
 */
function nameCommands(commands: Protos['commands']): void {
  const values = CommandTable.values as Record<number, string>;
  const aliases = CommandTable.aliases as Record<string, number>;
  for (const [number, { full, short }] of commands) {
    values[number] = full;
    aliases[short] = number;
  }
}

function payloadTypes(text: string): [number, string][] {
  const [, number, name] = /^(?:(\d+)=)?(.+)$/.exec(text)!;
  if (number !== undefined && (Number(number) < FIRST_APPLICATION_TYPE || Number(number) > 255)) {
    throw usageError(`--type: expected ${FIRST_APPLICATION_TYPE} to 255, the frame types of applications, got ${number}`);
  }
  if (number !== undefined) return [[Number(number), name]];
  return Array.from({ length: 256 - FIRST_APPLICATION_TYPE }, (_, i) => [FIRST_APPLICATION_TYPE + i, name]);
}

function byName(all: readonly JsonType[], name: string): JsonType {
  const found = all.filter(({ generated: { table } }) => table.name === name || table.name.endsWith(`.${name}`));
  if (found.length === 1) return found[0];
  const names = (found.length === 0 ? all : found).map(({ generated: { table } }) => table.name);
  throw usageError(
    `--type ${quoted(name, 80)}: ${found.length === 0 ? 'no such message in the files' : 'ambiguous'}: ${names.join(', ')}`,
  );
}
