// Patterns in the syntax of RE2. The generator compiles a pattern to a program (scripts/protoc-gen-im-protocol/buf-validate/compile-pattern.ts), and
// this is the machine that runs it: by Thompson's algorithm, which visits each state once for each character. The time is therefore linear in the
// size of the text, whatever the pattern; that of a regular expression of JavaScript can be exponential. See https://swtch.com/~rsc/regexp/regexp2.html.
import { readUtf8 } from '../platform.js';
import { plainRule, type StandardRule } from './rule.js';

/** `m`: the text matches. `f`: it does not. `a`: two ways. `e`: a condition of the position. `r`: a character in ranges. */
type Instruction =
  | { readonly op: 'm' | 'f' }
  | { readonly op: 'a'; readonly out: number; readonly other: number }
  | { readonly op: 'e'; readonly out: number; readonly flags: number }
  | { readonly op: 'r'; readonly out: number; readonly ranges: readonly number[] };

/** `a3,4 e4,1 r2,61,7a m`: numbers are hexadecimal. The first instruction is the start. */
function parse(program: string): Instruction[] {
  return program.split(' ').map((text): Instruction => {
    const op = text[0] as Instruction['op'];
    const [out, ...rest] = text
      .slice(1)
      .split(',')
      .map((digits) => Number.parseInt(digits, 16));
    if (op === 'a') return { op, out, other: rest[0] };
    if (op === 'e') return { op, out, flags: rest[0] };
    return op === 'r' ? { op, out, ranges: rest } : { op };
  });
}

const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const LF = 10;

/** The conditions that hold between two characters; -1 = no character. */
function conditions(before: number, after: number): number {
  return (
    (before < 0 ? BEGIN_TEXT | BEGIN_LINE : before === LF ? BEGIN_LINE : 0) |
    (after < 0 ? END_TEXT | END_LINE : after === LF ? END_LINE : 0) |
    (isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY)
  );
}

function isWord(char: number): boolean {
  const lower = char | 0x20;
  return (char >= 0x30 && char <= 0x39) || (char < 0x80 && lower >= 0x61 && lower <= 0x7a) || char === 0x5f;
}

function isIn(char: number, ranges: readonly number[]): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (char > ranges[2 * middle + 1]) low = middle + 1;
    else if (char < ranges[2 * middle]) high = middle;
    else return true;
  }
  return false;
}

/** Steps are numbered by 32 bits. */
const MAX_STEP = 0x7fffffff;

class Machine {
  private readonly program: readonly Instruction[];
  /** The step in which each instruction was last reached. */
  private readonly reached: Int32Array;
  private readonly stack: number[] = [];
  private step = 0;

  constructor(program: string) {
    this.program = parse(program);
    this.reached = new Int32Array(this.program.length);
  }

  /** True if the pattern is found anywhere in the text. */
  finds(text: string): boolean {
    let pending: number[] = [];
    let before = -1;
    for (let at = 0; ; ) {
      const char = text.codePointAt(at) ?? -1;
      const next: number[] = [];
      if (this.advance(pending, conditions(before, char), char, next)) return true;
      if (char < 0) return false;
      // A program that begins at the beginning has ended: no state is left, and none starts.
      if (next.length === 0 && at > 0 && this.startsWith(BEGIN_TEXT)) return false;
      pending = next;
      before = char;
      at += char > 0xffff ? 2 : 1;
    }
  }

  private startsWith(flag: number): boolean {
    const [first] = this.program;
    return first.op === 'e' && (first.flags & flag) !== 0;
  }

  /** Follows all ways from the states and from the start up to the next character. True if one of them is a match. */
  private advance(states: readonly number[], flags: number, char: number, next: number[]): boolean {
    const { program, reached, stack } = this;
    if (this.step === MAX_STEP) {
      reached.fill(0);
      this.step = 0;
    }
    const step = ++this.step;
    stack.length = 0;
    stack.push(0);
    for (const state of states) stack.push(state);
    while (stack.length > 0) {
      const state = stack.pop() as number;
      if (reached[state] === step) continue;
      reached[state] = step;
      const instruction = program[state];
      if (instruction.op === 'm') return true;
      if (instruction.op === 'a') stack.push(instruction.other, instruction.out);
      else if (instruction.op === 'e') {
        if ((instruction.flags & ~flags) === 0) stack.push(instruction.out);
      } else if (instruction.op === 'r' && isIn(char, instruction.ranges)) next.push(instruction.out);
    }
    return false;
  }
}

/**
 * `pattern` of a string.
 * @param shown the pattern as it is written.
 */
export function pattern(program: string, shown: string): StandardRule<string> {
  const finds = finder(program);
  return plainRule('pattern', (text) => !finds(text), `does not match ${shown}`);
}

/** `pattern` of bytes, which are UTF-8. */
export function bytesPattern(program: string, shown: string): StandardRule<Uint8Array> {
  const finds = finder(program);
  const refuses = (bytes: Uint8Array): boolean => {
    try {
      return !finds(readUtf8(bytes, 0, bytes.length));
    } catch {
      return true;
    }
  };
  return plainRule('pattern', refuses, `does not match ${shown}, in UTF-8`);
}

/** The program is parsed at its first use. */
function finder(program: string): (text: string) => boolean {
  let machine: Machine | undefined;
  return (text) => {
    machine ??= new Machine(program);
    return machine.finds(text);
  };
}
