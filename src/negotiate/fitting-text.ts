import type { Issue } from '../errors.js';

/**
 * The text, cut until no rule of its message refuses it: what explains a refusal has to arrive.
 * @param check the issues of the message with this text in the field `message`.
 */
export function fittingText(text: string, check: (text: string) => readonly Issue[] | undefined): string {
  let fitting = text.toWellFormed();
  while (check(fitting)?.some(({ path }) => path === 'message')) {
    fitting = fitting.slice(0, Math.floor(fitting.length * 0.9)).toWellFormed();
  }
  return fitting;
}
