// Compiles a pattern in the syntax of RE2 to a program for src/wire/standard/pattern.ts. The library of Buf parses it, as in protovalidate for
// TypeScript; only the plugin contains it.
import { RE2JS } from '@bufbuild/re2';

type Program = ReturnType<RE2JS['re2']>['prog'];
type Instruction = Program['inst'][number];

// Inst.js of @bufbuild/re2.
const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const NOP = 7;
const RUNE = 8;
const RUNE1 = 9;
const RUNE_ANY = 10;
const RUNE_ANY_NOT_NL = 11;
/** A flag of a single character: in either case. */
const FOLD_CASE = 1;

const MAX_CODE_POINT = 0x10ffff;

/** @throws Error for a malformed pattern, with the text of the library. */
export function compilePattern(pattern: string): string {
  const { inst, start } = RE2JS.compile(pattern).re2().prog;
  /** The instruction at the end of those that do nothing. */
  const skip = (at: number): number => {
    while (inst[at].op === NOP || inst[at].op === CAPTURE) at = inst[at].out;
    return at;
  };
  // Numbered in the order in which they are reached.
  const order = [skip(start)];
  const numberOf = (at: number): number => {
    const target = skip(at);
    if (!order.includes(target)) order.push(target);
    return order.indexOf(target);
  };
  const texts: string[] = [];
  for (let i = 0; i < order.length; i++) texts.push(instructionText(inst[order[i]], numberOf));
  return texts.join(' ');
}

function instructionText(instruction: Instruction, numberOf: (at: number) => number): string {
  const { op, out, arg } = instruction;
  switch (op) {
    case MATCH:
      return 'm';
    case FAIL:
      return 'f';
    case ALT:
    case ALT_MATCH:
      return `a${hex([numberOf(out), numberOf(arg)])}`;
    case EMPTY_WIDTH:
      return `e${hex([numberOf(out), arg])}`;
    case RUNE:
    case RUNE1:
    case RUNE_ANY:
    case RUNE_ANY_NOT_NL:
      return `r${hex([numberOf(out), ...rangesOf(instruction)])}`;
    default:
      throw new Error(`unknown instruction ${op}`);
  }
}

const hex = (numbers: readonly number[]): string => numbers.map((number) => number.toString(16)).join();

/** First and last characters. */
function rangesOf(instruction: Instruction): readonly number[] {
  const { op, arg, runes } = instruction;
  if (op === RUNE_ANY) return [0, MAX_CODE_POINT];
  if (op === RUNE_ANY_NOT_NL) return [0, 9, 11, MAX_CODE_POINT];
  if (runes.length !== 1) return runes;
  const same = (arg & FOLD_CASE) === 0 ? runes : casesOf(runes[0], instruction);
  return same.flatMap((char) => [char, char]);
}

/** All cases of characters that were asked for, since finding them takes milliseconds. */
const cases = new Map<number, readonly number[]>();

function casesOf(rune: number, instruction: Instruction): readonly number[] {
  const found = cases.get(rune) ?? FOLDED.filter((char) => instruction.matchRune(char));
  cases.set(rune, found);
  return found;
}

/** Characters with a case are below this. */
const FOLDED = Array.from({ length: 0x20000 }, (_, char) => char);
