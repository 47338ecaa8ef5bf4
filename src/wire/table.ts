// Descriptions of messages as data, for everything outside of the hot path: paths of errors, JSON, redaction, downgrade, inspection. The hot
// path is generated code.

import { hasOwn } from './older-engines.js';
/** A protobuf scalar type. */
export type ScalarName =
  | 'double'
  | 'float'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'fixed64'
  | 'fixed32'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'uint32'
  | 'sfixed32'
  | 'sfixed64'
  | 'sint32'
  | 'sint64';

/** A message of the schema. */
export interface MessageTable {
  /** Full name: `im.protocol.v1.SendInfo`. */
  readonly name: string;
  /** In the order of their numbers. */
  readonly fields: readonly FieldTable[];
  /** The protocol version that introduced the message. Default: 1. */
  readonly since?: number;
  /** The newest `since` of anything in the message that is not ignorable, at any depth; left out = 1. */
  readonly newest?: number;
}

/** A field of a message. A missing property is false, or does not apply. */
export interface FieldTable {
  readonly number: number;
  /** Property of the message; of a oneof member its `$case`. */
  readonly name: string;
  /** Name in the schema, if it is not `name` in snake_case. */
  readonly proto?: string;
  /** Name in JSON, if it is not `name`. */
  readonly json?: string;
  /** Property of the oneof that contains the field. */
  readonly oneof?: string;
  readonly kind?: 'list' | 'map';
  /** Type of the value, of the elements, of a map's values. */
  readonly type: ScalarName | 'enum' | 'message';
  /** Type of a map's keys. */
  readonly key?: ScalarName;
  /** With type `message`. */
  readonly message?: () => MessageTable;
  /** With type `enum`. */
  readonly enum?: () => EnumTable;
  /** proto3 `optional`: undefined and the default differ. */
  readonly optional?: true;
  /** A secret, which is redacted wherever it would be shown. */
  readonly sensitive?: true;
  /** Used for routing, and cleared on delivery. */
  readonly routing?: true;
  /** The protocol version that introduced the field. */
  readonly since?: number;
  /** The field may be sent to an older reader, which ignores it. */
  readonly ignorable?: true;
  /** Only the platform or a server sets the field: a server clears it in what a client sends. */
  readonly platform?: true;
}

/** An enum of the schema. */
export interface EnumTable {
  /** Full name. */
  readonly name: string;
  /** Names of the values in the schema, by number. Of aliases, the first. */
  readonly values: Readonly<Record<number, string>>;
  /** Aliases (allow_alias): further names of numbers in JSON. */
  readonly aliases?: Readonly<Record<string, number>>;
  /** The versions that introduced values, by number. Default: 1. */
  readonly since?: Readonly<Record<number, number>>;
  /** Numbers of values that may be sent to an older reader. */
  readonly ignorable?: readonly number[];
  /** What a peer older than `since` is sent instead of a value, by number. */
  readonly older?: Readonly<Record<number, number>>;
}

/**
 * Creates the table of an enum whose values all have the same prefix in the schema, from the object that applications use.
 * @param prefix of the names in the schema: `COMMAND_`.
 * @param members the values by their names without it, in the order of the schema. The second of two with the same number is an alias.
 */
export function enumTable(
  name: string,
  prefix: string,
  members: Readonly<Record<string, number>>,
  versions: Pick<EnumTable, 'since' | 'ignorable' | 'older'> = {},
): EnumTable {
  const values: Record<number, string> = {};
  const aliases: Record<string, number> = {};
  for (const [member, number] of Object.entries(members)) {
    if (hasOwn(values, number)) aliases[prefix + member] = number;
    else values[number] = prefix + member;
  }
  return { name, values, aliases, ...versions };
}
