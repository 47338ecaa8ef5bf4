import { hasOwn } from '../older-engines.js';
import type { CommandPlan, EnumPlan } from './plan.js';

/** The number, if it is not one more than the last, the name, and what a command carries. */
const VALUE = /^(-?\d*)([A-Za-z_]\w*)?(?::([\w$|]*)(\+?)(-?))?$/;

/**
 * Parses the items of an enum. Of a value: `+` for a command that goes between services, `-` for one whose result has no data; `v2` since,
 * `i2` since and ignorable, `o3` the value for older peers. A second value of a number is an alias.
 */
export function parseEnum([head, ...items]: readonly string[], packagePrefix: string): EnumPlan {
  const [name, prefix = '', ...options] = head.split(' ');
  const full = options.find((option) => option[0] === '=')?.slice(1) ?? packagePrefix + name;
  const [from = '0', applicationData = ''] = options.filter((option) => option[0] !== '=');
  const values: Record<number, string> = {};
  const aliases: Record<string, number> = {};
  const since: Record<number, number> = {};
  const older: Record<number, number> = {};
  const ignorable: number[] = [];
  const commands = new Map<number, CommandPlan>();
  let number = -1;
  for (const item of items) {
    const [first, ...tokens] = item.split(' ');
    const [, given, member, data, between, bare] = VALUE.exec(first) as unknown as string[];
    number = given === '' ? number + 1 : Number(given);
    if (member === undefined) {
      // Names are in another text.
    } else if (hasOwn(values, number)) aliases[prefix + member] = number;
    else values[number] = prefix + member;
    if (data !== undefined && !commands.has(number)) {
      commands.set(number, {
        name: member,
        data: data === '' ? [] : data.split('|'),
        betweenServices: between === '+',
        resultWithoutData: bare === '-',
      });
    }
    for (const token of tokens) {
      if (token[0] === 'i') ignorable.push(number);
      (token[0] === 'o' ? older : since)[number] = Number(token.slice(1));
    }
  }
  return {
    name: full,
    prefix,
    values,
    aliases,
    since,
    ignorable,
    older,
    commands,
    applicationFrom: Number(from),
    applicationData,
  };
}
