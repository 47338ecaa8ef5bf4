// What a command is: enough to run it, to explain it, and to complete it.
import { parseArgs } from 'node:util';
import { usageError } from './exit.js';

/** An option, as parseArgs wants it and as help shows it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value: `FILE`. */
  readonly value?: string;
  /** The values that may be given, for completion and for the check. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** One of the commands, of which only the one that is run is loaded. */
export interface CommandSpec {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What stands behind the name: `[INPUT]`. */
  readonly operands: string;
  readonly options: OptionSpecs;
  /** Paragraphs. */
  readonly description: readonly string[];
  /** Command lines, with what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Completes an operand; undefined = files. */
  readonly words?: readonly string[];
  load(): Promise<{ run(args: Arguments): Promise<number> }>;
}

/** What was given on the command line. */
export interface Arguments {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  /** A whole number. @throws Failure for anything else. */
  number(name: string, min: number, max: number): number | undefined;
}

/** @throws Failure for options that the command does not have. */
export function parseArguments({ name, options }: CommandSpec, args: readonly string[]): Arguments {
  const { values, positionals } = parsed(name, options, args);
  for (const [key, value] of Object.entries(values)) {
    const { choices } = options[key];
    const wrong = choices && [value].flat().find((one) => !choices.includes(one as string));
    if (wrong !== undefined) throw usageError(`--${key}: got ${wrong}, one of ${choices!.join(', ')}`);
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
      throw usageError(`--${key}: got ${text}, a whole number from ${min} to ${max}`);
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
    // Its texts go on about the syntax of positionals; the first sentence says what is wrong.
    throw usageError(`${(error as Error).message.split('. ')[0]} (im-protocol ${name} --help)`);
  }
}
