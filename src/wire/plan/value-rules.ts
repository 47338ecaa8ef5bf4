// The rules of a value, a list or a map.
import { lastOf } from '../older-engines.js';
import { exceedsBytes, firstRepeated, isBlank, isTypeUrl, lacksBytes } from '../rules.js';
import { gotBytes, gotCharacter, gotItems, gotTwice, UNNAMED_TYPE } from '../violations.js';
import type { AnyRule, ValueRule } from './plan.js';

type Sized = { readonly length: number } | { readonly size: number };

/** The names of the rules that the text has. */
const RULE_NAMES: Readonly<Record<string, string>> = {
  '>': 'min',
  '<': 'max',
  '(': 'min_bytes',
  ')': 'max_bytes',
  '[': 'alphabet',
  ']': 'forbidden',
  b: 'not_blank',
  n: 'not_in',
  p: 'not_prefix',
  '{': 'min_items',
  '}': 'max_items',
  u: 'unique',
  t: 'type_url',
  T: 'type_url',
};

/** The name of a rule in issues. */
export const nameOf = (rule: AnyRule): string => (rule.code === undefined ? rule.name : RULE_NAMES[rule.code]);

/** The text of the violation; undefined = the rule is kept. */
export function violation(rule: AnyRule, v: unknown): string | undefined {
  if (rule.code === undefined) return rule.refuses(v) ? rule.text(v) : undefined;
  const { code, limit, orDefault, secret } = rule;
  if (orDefault && isDefault(v)) return undefined;
  const bound = limit as number;
  const text = v as string;
  switch (code) {
    case '>':
      // NaN violates every bound.
      return atLeast(v, limit) ? undefined : tooSmall(rule, secret ? 'out of bounds' : `got ${v}`, ' or 0');
    case '<':
      return atLeast(limit, v) ? undefined : tooLarge(rule, secret ? 'out of bounds' : `got ${v}`, ' or 0');
    case '(':
      return (typeof v === 'string' ? lacksBytes(v, bound) : text.length < bound)
        ? tooSmall(rule, gotBytes(text), ' or none')
        : undefined;
    case ')':
    case 'T':
      return (typeof v === 'string' ? exceedsBytes(v, bound) : text.length > bound)
        ? tooLarge(rule, gotBytes(text), ' or none')
        : undefined;
    case '{':
      return sizeOf(v as Sized) < bound ? tooSmall(rule, gotItems(v as Sized), ' or none') : undefined;
    case '}':
      return sizeOf(v as Sized) > bound ? tooLarge(rule, gotItems(v as Sized), ' or none') : undefined;
    case '[':
    case ']':
      // Many fields are empty, and a call of a regular expression costs more than this comparison.
      if (text === '' || !patternOf(rule).test(text)) return undefined;
      return gotCharacter(text, patternOf(rule), code === '[' ? `not in [${limit}]` : `in [${limit}], which is not allowed`);
    case 'b':
      return isBlank(text) ? 'only white space' : undefined;
    case 'n': {
      const names = limit as readonly string[];
      if (!names.includes(text)) return undefined;
      return names.length === 1 ? 'the forbidden value' : `one of ${names.length} forbidden values`;
    }
    case 'p': {
      const prefixes = limit as readonly string[];
      if (!prefixes.some((prefix) => text.startsWith(prefix))) return undefined;
      return `begins with ${either(prefixes.map((prefix) => JSON.stringify(prefix)))}`;
    }
    case 'u':
      return firstRepeated(v as readonly unknown[]) < 0 ? undefined : gotTwice(v as readonly unknown[]);
    default:
      return isTypeUrl(text) ? undefined : UNNAMED_TYPE;
  }
}

/** Engines compare two values of one type in a few nanoseconds, and in a place where types vary, in 50. */
function atLeast(v: unknown, limit: unknown): boolean {
  return typeof v === 'bigint' ? v >= (limit as bigint) : (v as number) >= (limit as number);
}

function tooSmall({ limit, orDefault }: ValueRule, got: string, except: string): string {
  return `${got}, at least ${limit}${orDefault ? except : ''}`;
}

function tooLarge({ limit, orDefault }: ValueRule, got: string, except: string): string {
  return `${got}, limit ${limit}${orDefault ? except : ''}`;
}

function isDefault(v: unknown): boolean {
  return v === 0 || v === 0n || v === '' || (typeof v === 'object' && sizeOf(v as Sized) === 0);
}

const sizeOf = (items: Sized): number => ('size' in items ? items.size : items.length);

/** Finds a refused character. */
function patternOf(rule: ValueRule): RegExp {
  rule.pattern ??= new RegExp(rule.code === '[' ? `[^${rule.limit}]` : `[${rule.limit}]`, 'u');
  return rule.pattern;
}

/** `a, b or c` */
export function either(names: readonly string[], word = 'or'): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} ${word} ${lastOf(names)}`;
}
