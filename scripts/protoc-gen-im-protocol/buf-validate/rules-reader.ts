// Walks over the rules of a type, such as buf.validate.StringRules, so that none is left out: one that nobody asked for is refused.
import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { schemaError } from '../schema-error.js';
import type { ReadRule } from './read-rule.js';

/** What an error recommends for a rule that cannot be checked. */
const INSTEAD = 'use standard rules, or rules of im/options/v1/options.proto, or check it in the application';

export class RulesReader {
  private readonly asked = new Set<string>(['example']);
  readonly rules: ReadRule[] = [];

  /**
   * @param type the field of buf.validate.FieldRules with the rules: `string`.
   * @param where the field of the schema.
   */
  constructor(
    readonly type: string,
    private readonly message: ReflectMessage,
    readonly where: DescField,
  ) {
    refuseUnknown(message, where);
  }

  /** The value of a rule; undefined if it is not set. */
  get<T>(name: string): T | undefined {
    this.asked.add(name);
    const field = this.message.desc.fields.find((each) => each.name === name);
    if (field === undefined || !this.message.isSet(field)) return undefined;
    const value: unknown = this.message.get(field);
    return (field.fieldKind === 'list' ? [...(value as Iterable<unknown>)] : value) as T;
  }

  /** True for a rule that is a bool and set to true. */
  has(name: string): boolean {
    return this.get<boolean>(name) === true;
  }

  /** Adds a rule if it is set. */
  when<T>(name: string, read: (value: T) => Pick<ReadRule, 'checker' | 'settings'> | undefined): void {
    const value = this.get<T>(name);
    const rule = value === undefined ? undefined : read(value);
    if (rule !== undefined) this.add(rule, `${this.type}.${name}`, name, summaryOf(name, value));
  }

  /**
   * @param id what protovalidate calls the rule.
   * @param summary for comments.
   */
  add(rule: Pick<ReadRule, 'checker' | 'settings'>, id: string, name: string, summary: string): void {
    this.rules.push({ ...rule, name: rule.checker.rule.name, id, path: [this.type, name], summary });
  }

  /** A number of characters, bytes or elements. A limit that no value reaches is no limit. */
  size(name: string): number | undefined {
    const size = this.get<bigint>(name);
    return size === undefined ? undefined : Number(size < MAX_SIZE ? size : MAX_SIZE);
  }

  refuse(text: string): never {
    throw schemaError(this.where, `(buf.validate.field).${this.type}${text}`);
  }

  /** All rules, after each was asked for. */
  finish(): ReadRule[] {
    const other = this.message.desc.fields.find((field) => this.message.isSet(field) && !this.asked.has(field.name));
    if (other !== undefined) this.refuse(`.${other.name} is not supported: ${INSTEAD}`);
    return this.rules;
  }
}

/** `min_len 3`, `email` */
export function summaryOf(name: string, value: unknown): string {
  return `${name} ${shownValue(value)}`.trimEnd();
}

/** Numbers and texts; what has another form is left out. */
function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(shownValue).join(', ');
  if (typeof value === 'string') return `\`${value}\``;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

const MAX_SIZE = 0xffffffffn;

/**
 * Refuses all rules but the known ones.
 * @param option the option with the rules: `field`.
 */
export function refuseOthers(
  rules: ReflectMessage,
  where: DescField | DescMessage | DescOneof,
  option: string,
  known: readonly string[],
): void {
  refuseUnknown(rules, where);
  const other = rules.desc.fields.find((field) => rules.isSet(field) && !known.includes(field.name));
  if (other === undefined) return;
  const why = /^cel/.test(other.name) ? ', because it is an expression in CEL' : '';
  throw schemaError(where, `(buf.validate.${option}).${other.name} is not supported${why}: ${INSTEAD}`);
}

/** Refuses extensions of a message of rules, which are predefined rules. */
function refuseUnknown(message: ReflectMessage, where: DescField | DescMessage | DescOneof): void {
  const [unknown] = message.getUnknown() ?? [];
  if (unknown === undefined) return;
  const text = `the field ${unknown.no} of ${message.desc.typeName} is a predefined rule, which is an expression in CEL`;
  throw schemaError(where, `${text}: ${INSTEAD}`);
}
