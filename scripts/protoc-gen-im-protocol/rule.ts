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
  /** An expression that is true where `value` breaks the rule. */
  broken(value: string, scope: Scope): string;
  /** An expression that makes the text of the issue; it is evaluated only where the rule is broken. */
  text(value: string, scope: Scope): string;
  /** An expression that adds the issue to `issues`, where a function of src/wire/broken.ts does that; it has the same text. */
  add?(path: string, value: string, scope: Scope): string;
  /** An expression that is the text of the issue, or undefined where the rule is kept, so that a check finds it out once. */
  fault?(value: string, scope: Scope): string;
  /** Of a rule of the characters of a text: the characters that it refuses, as a class of a regular expression. */
  readonly refuses?: string;
  /** Of `min` and `max`: the bound. */
  readonly bound?: bigint;
  /** The default breaks the rule too, so that the field cannot be left out. */
  readonly refusesDefault: boolean;
}

/** What expressions need of the file that they are written into: imports and constants. */
export class Scope {
  private readonly constants: string[] = [];

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

  /** Imports a bound from src/limits.ts. */
  limit(name: string): string {
    return this.out.import(name, runtimePath('limits', this.options));
  }

  /** Imports the function that a check file declares for a message. */
  check(name: string, message: MessageModel): string {
    return this.out.import(name, modulePath('check', message.desc.file, this.options));
  }

  /** A constant of the file that has this value; made once, however often it is used. */
  constant(value: string): string {
    const at = this.constants.indexOf(value);
    return `CONSTANT_${at < 0 ? this.constants.push(value) : at + 1}`;
  }

  /** Writes the constants; what uses them runs later. */
  addConstants(): void {
    if (this.constants.length > 0) this.out.add('');
    this.constants.forEach((value, i) => {
      this.out.add(`const CONSTANT_${i + 1} = ${value};`);
    });
  }
}

type Figures = Pick<Rule, 'text' | 'add'>;

/**
 * The text of a rule with one bound, and what adds its issue: both ends in a function that is named after the rule, `maxBytesText` and
 * `maxBytesBroken`.
 * @param bound an expression.
 * @param except what is allowed besides: ` or none`.
 */
export function figures(rule: string, bound: string, except = ''): Required<Figures> {
  const name = rule.replace(/_./g, (underscored) => underscored[1].toUpperCase());
  const wanted = except === '' ? bound : `${bound}, ${literal(except)}`;
  return {
    text: (value, scope) => `${scope.wire('rule-texts', `${name}Text`)}(${value}, ${wanted})`,
    add: (path, value, scope) => `${scope.wire('broken', `${name}Broken`)}(issues, ${path}, ${value}, ${wanted})`,
  };
}

/** `a, b or c` */
export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
