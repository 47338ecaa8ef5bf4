// The plan of a message: its table (../table.ts), with the rules of the schema and what the interpreter prepares from both. Plans are parsed
// from the text form of a schema (schema.ts), each at its first use.
import type { Issue } from '../../errors.js';
import type { StandardRule } from '../standard/rule.js';
import type { EnumTable, FieldTable, MessageTable, ScalarName } from '../table.js';

/** A rule of a value, a list or a map. */
export interface ValueRule {
  /** The character that begins the rule in the text form (parse-rules.ts). */
  readonly code: string;
  /** The bound, the class of characters, or the texts. */
  readonly limit: number | bigint | string | readonly string[];
  /** The default is allowed although the rule refuses it. */
  readonly orDefault: boolean;
  /** Texts do not show the value. */
  readonly secret: boolean;
  /** The refused characters: made at the first check. */
  pattern?: RegExp;
}

/** A rule of the text, or one of buf.validate beside it, which has no code. */
export type AnyRule = ValueRule | (StandardRule & { readonly code?: undefined });

/** A rule of a whole message. */
export interface MessageRule {
  /** `m` at_most_one, `l` at_least_one, `e` exactly_one, `a` ascending, `t` byte_total. */
  readonly code: string;
  /** Properties of the fields. */
  readonly fields: readonly string[];
  /** Of byte_total. */
  readonly max: number;
}

/** A oneof of a message. */
export interface OneofPlan {
  readonly name: string;
  readonly required: boolean;
  /** Numbers of members that a later version may add. */
  readonly later: { readonly first: number; readonly last: number } | undefined;
  readonly commandData: CommandDataPlan | undefined;
}

/** Ties a oneof to the command of its message. */
export interface CommandDataPlan {
  /** Property of the field with the command. */
  readonly command: string;
  readonly optional: boolean;
  readonly betweenServices: boolean;
  /** Property of the field that is not 0 in a reply; undefined = the message has none. */
  readonly replyTo: string | undefined;
}

/** What of a field needs a version above that of its message: nothing, all of it, or enum values in a range. */
export type Newer = false | true | { readonly first: number; readonly last: number };

export class FieldPlan implements FieldTable {
  number = 0;
  name = '';
  proto?: string;
  json?: string;
  oneof?: string;
  kind?: 'list' | 'map';
  type: FieldTable['type'] = 'int32';
  key?: ScalarName;
  message?: () => MessagePlan;
  enum?: () => EnumPlan;
  optional?: true;
  sensitive?: true;
  routing?: true;
  since?: number;
  ignorable?: true;
  platform?: true;
  deprecated?: true;
  /** Name of the message or enum. */
  ref = '';
  /** Index of `type` in TYPES (types.ts), and of `key`. */
  op = 0;
  keyOp = 0;
  /** A list of numbers that is written without packing. */
  unpacked = false;
  required = false;
  /** Messages in the field are not checked. */
  unchecked?: true;
  /** The field is sensitive as a whole, or its elements or values are, or its keys: in paths too. */
  secret = false;
  secretItems = false;
  secretKeys = false;
  /** Of the value, or of the list or map as a whole. */
  rules: AnyRule[] = [];
  /** Of each element of a list, of each value of a map. */
  items: AnyRule[] = [];
  keys: AnyRule[] = [];
  /** The default of a single field that has no presence. */
  zero: unknown = undefined;
  /** Limit of the number of elements or entries. */
  maxItems = Number.POSITIVE_INFINITY;
  /** The tag as it is written. */
  tag = 0;
  /** Bytes to reserve for the length of a message: as many as the last one took. */
  reserved = 1;
  /** Set when an encoder first uses the message. */
  newer: Newer = false;
}

export class MessagePlan implements MessageTable {
  name = '';
  since?: number;
  newest?: number;
  /** What the registry has of a message with a frame type, in the text form: `7c1`. */
  frame?: string;
  readonly fields: FieldPlan[] = [];
  /** In the order of the schema. */
  readonly oneofs: OneofPlan[] = [];
  readonly rules: MessageRule[] = [];
  /** What each module prepares at its first use. */
  reader?: unknown;
  writer?: unknown;
  checker?: unknown;
}

/** A command: its name, and the properties that it may carry in a oneof of `commandData`. */
export interface CommandPlan {
  readonly name: string;
  readonly data: readonly string[];
  readonly betweenServices: boolean;
  readonly resultWithoutData: boolean;
}

export interface EnumPlan extends EnumTable {
  /** Of the names of all values; empty if they have none in common. */
  readonly prefix: string;
  /** 0 is among them, as a command without data. Empty for an enum that no oneof is tied to. */
  readonly commands: ReadonlyMap<number, CommandPlan>;
  /** Commands of applications: the first number, and the property that they carry. 0 = there are none. */
  readonly applicationFrom: number;
  readonly applicationData: string;
}

/** A check of a whole message, which adds issues. */
export type MessageCheck = (m: Record<PropertyKey, unknown>, issues: Issue[] | undefined) => Issue[] | undefined;

/** The types of a schema, by their names in its text. */
export interface PlannedTypes {
  message(name: string): MessagePlan;
  enum(name: string): EnumPlan;
  /** Rules beside the text, which it refers to by their indexes. */
  readonly rules: readonly StandardRule[];
}
