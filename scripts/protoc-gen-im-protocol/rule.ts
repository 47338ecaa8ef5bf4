// A rule of the schema as checks write it: as expressions.
import type { DescField } from '@bufbuild/protobuf';
import { modulePath, runtimePath } from './generated-paths.js';
import type { MessageModel } from './model.js';
import type { PluginOptions } from './plugin-options.js';
import { literal } from './quote.js';
import type { Source } from './source.js';

/** One rule that a value, a list, a map or a whole message obeys. */
export interface Rule {
  /** Name in the schema's options: `max_bytes`. */
  readonly name: string;
  /** Of a rule of a message: the oneof that it is about, where it is about one. */
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
  /** An expression that is the text of the issue, or undefined where the rule is kept, so that a check finds it out once. */
  violation?(value: string, scope: Scope): string;
  /** Of a rule of the characters of a text: the characters that it refuses, as a class of a regular expression. */
  readonly refuses?: string;
  /** Of `min` and `max`: the bound. */
  readonly bound?: bigint;
  /** The default breaks the rule too, so that the field cannot be left out. */
  readonly refusesDefault: boolean;
}

/** What expressions need of the file that they are written into: imports and constants. */
export class Scope {
  /** Variables of a check that hold how many UTF-16 code units the keys and values of a map have. */
  readonly charsOfMaps = new Map<DescField, string>();

  constructor(
    readonly out: Source,
    readonly options: PluginOptions,
  ) {}

  /** Imports a name from a module of src/wire. */
  wire(module: string, name: string): string {
    return this.out.import(name, runtimePath(`wire/${module}`, this.options));
  }

  /** Imports the function that a check file declares for a message. */
  check(name: string, message: MessageModel): string {
    return this.out.import(name, modulePath('codec', message.desc.file));
  }

  /** A constant of the file that has this value; made once, however often it is used. */
  constant(value: string): string {
    return this.out.constant(value);
  }
}

/**
 * Adds the issue of a rule with one bound, by the function that is named after the rule: `maxBytesViolation`.
 * @param bound an expression.
 * @param except what is allowed besides: ` or none`.
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
