// The rules of a value, a list or a map: whether one is violated, and the issue.
import type { Issue } from '../../errors.js';
import { addIssue } from '../issues.js';
import { lastOf } from '../older-engines.js';
import { exceedsBytes, firstRepeated, isBlank, lacksBytes } from '../rules.js';
import { gotBytes, gotCharacter, gotItems, gotTwice, isValidTypeUrl, typeUrlViolation } from '../violations.js';
import type { ValueRule } from './plan.js';
import { BYTES, DOUBLE, FLOAT } from './types.js';

type Issues = Issue[] | undefined;
type Sized = { readonly length: number } | { readonly size: number };

/** @param op the type of the value, of which a list or map consists. */
export function isViolated(rule: ValueRule, op: number, v: unknown): boolean {
  const { code, limit, orDefault } = rule;
  if (orDefault && isDefault(v)) return false;
  switch (code) {
    case '>':
      // NaN violates every bound.
      return op === FLOAT || op === DOUBLE ? !((v as number) >= (limit as number)) : (v as bigint) < (limit as bigint);
    case '<':
      return op === FLOAT || op === DOUBLE ? !((v as number) <= (limit as number)) : (v as bigint) > (limit as bigint);
    case '(':
      return op === BYTES ? (v as Uint8Array).length < (limit as number) : lacksBytes(v as string, limit as number);
    case ')':
      return op === BYTES ? (v as Uint8Array).length > (limit as number) : exceedsBytes(v as string, limit as number);
    case '[':
    case ']':
      // Many fields are empty, and a call of a regular expression costs more than this comparison.
      return v !== '' && patternOf(rule).test(v as string);
    case 'b':
      return isBlank(v as string);
    case 'n':
      return (limit as readonly string[]).includes(v as string);
    case 'p':
      return (limit as readonly string[]).some((prefix) => (v as string).startsWith(prefix));
    case '{':
      return sizeOf(v as Sized) < (limit as number);
    case '}':
      return sizeOf(v as Sized) > (limit as number);
    case 'u':
      return firstRepeated(v as readonly unknown[]) >= 0;
    default:
      return !isValidTypeUrl(v as string);
  }
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

/** @param subject text before that of the issue: `key: `. */
export function addViolation(rule: ValueRule, path: string, v: unknown, issues: Issues, subject = ''): Issues {
  const { code, limit, orDefault, secret } = rule;
  const add = (name: string, text: string): Issue[] => addIssue(issues, path, name, subject + text);
  const tooSmall = (name: string, got: string, except: string): Issue[] =>
    add(`min${name}`, `${got}, at least ${limit}${orDefault ? except : ''}`);
  const tooLarge = (name: string, got: string, except: string): Issue[] =>
    add(`max${name}`, `${got}, limit ${limit}${orDefault ? except : ''}`);
  const gotNumber = (): string => (secret ? 'out of bounds' : `got ${v}`);
  switch (code) {
    case '>':
      return tooSmall('', gotNumber(), ' or 0');
    case '<':
      return tooLarge('', gotNumber(), ' or 0');
    case '(':
      return tooSmall('_bytes', gotBytes(v as string), ' or none');
    case ')':
      return tooLarge('_bytes', gotBytes(v as string), ' or none');
    case '{':
      return tooSmall('_items', gotItems(v as Sized), ' or none');
    case '}':
      return tooLarge('_items', gotItems(v as Sized), ' or none');
    case '[':
      return add('alphabet', gotCharacter(v as string, patternOf(rule), `not in [${limit}]`));
    case ']':
      return add('forbidden', gotCharacter(v as string, patternOf(rule), `in [${limit}], which is not allowed`));
    case 'b':
      return add('not_blank', 'only white space');
    case 'n': {
      const { length } = limit as readonly string[];
      return add('not_in', length === 1 ? 'the forbidden value' : `one of ${length} forbidden values`);
    }
    case 'p':
      return add('not_prefix', `begins with ${either((limit as readonly string[]).map((prefix) => JSON.stringify(prefix)))}`);
    case 'u':
      return add('unique', gotTwice(v as readonly unknown[]));
    default:
      return typeUrlViolation(issues, path, v as string);
  }
}

/** `a, b or c` */
export function either(names: readonly string[], word = 'or'): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} ${word} ${lastOf(names)}`;
}
