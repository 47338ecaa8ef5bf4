// A rule of the schema, as expressions for checks.
import type { DescField } from '@bufbuild/protobuf';
import { modulePath, runtimePath } from './generated-paths.js';
import type { MessageModel } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { literal } from './quote.js';
import type { Source } from './source.js';

/** A rule of a value, a list, a map or a whole message. */
export interface Rule {
  /** Name in the schema's options: `max_bytes`. */
  readonly name: string;
  /** For a rule of a message about a oneof, the name of the oneof; about a member, the name of the member in JSON. */
  readonly oneof?: string;
  /** An expression that is true where `value` violates the rule. */
  violated(value: string, scope: Scope): string;
  /** An expression for the text of the issue, evaluated only after a violation. */
  text?(value: string, scope: Scope): string;
  /**
   * In place of `text`: an expression that adds the issue to `issues`, where src/wire/violations.ts has a function for the rule.
   * @param subject text before that of the issue.
   */
  add?(path: string, value: string, scope: Scope, subject?: string): string;
  /** For a rule of the characters of a text, the refused characters, as a class of a regular expression. */
  readonly refuses?: string;
  /** For `min`, `max` and `max_bytes`, the bound. */
  readonly bound?: bigint;
  /** The default violates the rule, so that the field is required. */
  readonly refusesDefault: boolean;
}

/** The imports and constants of the file to which expressions are written. */
export class Scope {
  /** Variables of a check with the number of UTF-16 code units of a map's keys and values. */
  readonly charsOfMaps = new Map<DescField, string>();

  constructor(
    readonly out: Source,
    readonly options: PluginOptions,
  ) {}

  /** Imports a name from a module of src/wire. */
  wire(module: string, name: string): string {
    return this.out.import(name, runtimePath(`wire/${module}`, this.options));
  }

  /** Imports a function that is declared beside the check of a message. */
  check(name: string, message: MessageModel): string {
    return this.out.import(name, modulePath('codec', message.desc.file));
  }

  /** A constant of the file with this value, declared once. */
  constant(value: string): string {
    return this.out.constant(value);
  }
}

/**
 * Adds the issue of a rule with one bound, by the function that is named after the rule: `maxBytesViolation`.
 * @param bound an expression.
 * @param except what else is allowed: ` or none`.
 */
export function figures(rule: string, bound: string, except = ''): Required<Pick<Rule, 'add'>> {
  const name = rule.replace(/_./g, (underscored) => underscored[1].toUpperCase());
  return {
    add(path, value, scope, subject = '') {
      const optional = subject === '' ? (except === '' ? [] : [except]) : [except, subject];
      const args = ['issues', path, value, bound, ...optional.map(literal)];
      return `${scope.wire('violations', `${name}Violation`)}(${args.join(', ')})`;
    },
  };
}

/** `a, b or c` */
export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
