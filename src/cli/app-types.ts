// Messages of applications, from .proto files: what --proto and --type give. protobufjs reads the files, and is loaded only for that.

import { CommandTable } from '../../generated/im/protocol/v1/command.codec.js';
import { redactMessage } from '../codec/redact.js';
import { messageFromJson, messageToJson } from '../json/index.js';
import type { JsonObject, JsonType } from '../json/json-options.js';
import { FIRST_APPLICATION_TYPE } from '../limits.js';
import type { Arguments } from './command.js';
import { Failure, INVALID, usageError } from './exit.js';
import type { Protos } from './load-protos.js';
import { rawBytes } from './row-bytes.js';

interface Header {
  readonly version: number;
  readonly type: number;
  readonly flags: number;
}

/** The messages that are known besides those of the protocol. */
export class AppTypes {
  /**
   * @param all for Anys, by their names.
   * @param payloads for frames, by the number of their type.
   */
  constructor(
    readonly all: readonly JsonType[],
    readonly payloads: ReadonlyMap<number, JsonType>,
  ) {}

  /**
   * A frame of an application's type whose message is known, as JSON; undefined where it is not, or would not come out as it was.
   * @param secrets false leaves out what is sensitive in it.
   */
  payloadRow(header: Header, payload: Uint8Array, secrets: boolean): JsonObject | undefined {
    const type = this.payloads.get(header.type);
    if (type === undefined) return undefined;
    const { table } = type.generated;
    try {
      const decoded = type.decode(payload);
      const message = messageToJson(table, decoded, { unknownFields: true, types: this.all });
      const again = type.encode(messageFromJson(table, JSON.parse(JSON.stringify(message)), { types: this.all }));
      if (Buffer.compare(again, payload) !== 0) return undefined;
      return {
        ...header,
        message: secrets ? message : messageToJson(table, redactMessage(table, decoded, this.all), { types: this.all }),
      };
    } catch {
      return undefined;
    }
  }

  /** The frame of a row that has a message of an application; undefined where it has none. */
  frameOf(row: { version: unknown; type: number; flags: unknown; message: unknown }): Uint8Array | undefined {
    if (row.message === undefined) return undefined;
    const type = this.payloads.get(row.type);
    if (type === undefined) throw new Failure(INVALID, `frames of type ${row.type} with "message" want --proto and --type`);
    const message = messageFromJson(type.generated.table, row.message, { types: this.all });
    return rawBytes(row.type, type.encode(message), Number(row.version), Number(row.flags));
  }
}

/** What --proto, --proto-path and --type say. */
export async function appTypes(args: Arguments): Promise<AppTypes> {
  const files = args.list('proto');
  const names = args.list('type');
  if (files.length === 0) {
    if (names.length > 0) throw usageError('--type wants --proto');
    return new AppTypes([], new Map());
  }
  const { loadProtos } = await import('./load-protos.js');
  const { types: all, commands } = await loadProtos(files, args.list('proto-path'));
  nameCommands(commands);
  const payloads = new Map<number, JsonType>();
  for (const text of names) for (const [number, name] of payloadTypes(text)) payloads.set(number, byName(all, name));
  return new AppTypes(all, payloads);
}

/**
 * Adds the commands of an application to the table of commands, from which JSON in both directions and inspections take their names: this
 * process reads one input with one application.
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
    throw usageError(`--type: got ${number}, types of applications are ${FIRST_APPLICATION_TYPE} to 255`);
  }
  if (number !== undefined) return [[Number(number), name]];
  return Array.from({ length: 256 - FIRST_APPLICATION_TYPE }, (_, i) => [FIRST_APPLICATION_TYPE + i, name]);
}

function byName(all: readonly JsonType[], name: string): JsonType {
  const found = all.filter(({ generated: { table } }) => table.name === name || table.name.endsWith(`.${name}`));
  if (found.length === 1) return found[0];
  const names = (found.length === 0 ? all : found).map(({ generated: { table } }) => table.name);
  throw usageError(
    `--type ${name}: ${found.length === 0 ? 'no message of the files' : 'more than one message'}: ${names.join(', ')}`,
  );
}
