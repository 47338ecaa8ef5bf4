// The description of a command, for running it, for help and for completion; and the parser of its arguments.
import { parseArgs } from 'node:util';
import { quoted } from '../wire/quoted.js';
import { usageError } from './exit.js';

/** An option, for parseArgs and for help. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value: `FILE`. */
  readonly value?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A command. Its code is loaded when it runs. */
export interface CommandSpec {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The operands, as help shows them: `[INPUT]`. */
  readonly operands: string;
  readonly options: OptionSpecs;
  /** Paragraphs. */
  readonly description: readonly string[];
  /** Command lines, each with a description. */
  readonly examples: readonly (readonly [line: string, description: string])[];
  /** Completions of the operand; undefined = files. */
  readonly words?: readonly string[];
  load(): Promise<{ run(args: Arguments): Promise<number> }>;
}

/** The parsed command line. */
export interface Arguments {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  /** An integer option. @throws Failure for anything else, or out of range. */
  number(name: string, min: number, max: number): number | undefined;
}

/** @throws Failure for unknown options and for values that are not allowed. */
export function parseArguments({ name, options }: CommandSpec, args: readonly string[]): Arguments {
  const { values, positionals } = parsed(name, options, args);
  for (const [key, value] of Object.entries(values)) {
    const { choices } = options[key];
    const wrong = choices && [value].flat().find((one) => !choices.includes(one as string));
    if (wrong !== undefined)
      throw usageError(`--${key}: expected one of ${choices!.join(', ')}, got ${quoted(String(wrong), 40)}`);
  }
  return {
    operands: positionals,
    flag: (key) => values[key] === true,
    text: (key) => values[key] as string | undefined,
    list: (key) => (values[key] as string[] | undefined) ?? [],
    number(key, min, max) {
      const text = values[key] as string | undefined;
      if (text === undefined) return undefined;
      const number = Number(text);
      if (/^\d+$/.test(text) && number >= min && number <= max) return number;
      throw usageError(`--${key}: expected an integer from ${min} to ${max}, got ${quoted(text, 40)}`);
    },
  };
}

function parsed(name: string, options: OptionSpecs, args: readonly string[]) {
  try {
    const config = Object.fromEntries(
      Object.entries(options).map(([key, { type, short, multiple }]) => [
        key,
        { type, ...(short && { short }), ...(multiple && { multiple }) },
      ]),
    );
    return parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence is the error; the rest explains the syntax of positionals. It quotes the argument.
    const [text] = (error as Error).message.split('. ');
    throw usageError(`${text.slice(0, 200)} (im-protocol ${name} --help)`);
  }
}
