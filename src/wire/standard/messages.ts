// Rules of well-known types.
import { plainRule, type StandardRule } from './rule.js';
import { listed } from './scalars.js';

/** google.protobuf.Duration or google.protobuf.Timestamp. */
interface Time {
  readonly seconds?: bigint | undefined;
  readonly nanos?: number | undefined;
}

const SECOND = 1_000_000_000n;

const nanosOf = ({ seconds = 0n, nanos = 0 }: Time): bigint => seconds * SECOND + BigInt(nanos);

/**
 * A rule of a duration, or of a timestamp since 1970, in nanoseconds.
 * @param wanted the end of its text.
 */
export function inNanos(rule: StandardRule<bigint>, wanted: string): StandardRule<Time> {
  return {
    name: rule.name,
    refuses: (time) => rule.refuses(nanosOf(time)),
    text: (time) => `got ${shown(nanosOf(time))}, ${wanted}`,
  };
}

/** `1.5 s` */
export function shown(nanos: bigint): string {
  const [sign, size] = nanos < 0n ? ['-', -nanos] : ['', nanos];
  const fraction = String(size % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${size / SECOND}${fraction === '' ? '' : `.${fraction}`} s`;
}

const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** `lt_now` */
export function notAfterNow(): StandardRule<Time> {
  return plainRule('lt_now', (time) => nanosOf(time) > now(), 'after the current time');
}

/** `gt_now` */
export function notBeforeNow(): StandardRule<Time> {
  return plainRule('gt_now', (time) => nanosOf(time) < now(), 'before the current time');
}

/** `within`: at most so far from the current time, in nanoseconds. */
export function withinOfNow(limit: bigint): StandardRule<Time> {
  const refuses = (time: Time): boolean => {
    const distance = nanosOf(time) - now();
    return distance > limit || distance < -limit;
  };
  return plainRule('within', refuses, `more than ${shown(limit)} from the current time`);
}

interface Any {
  readonly typeUrl?: string | undefined;
}

/** `in` of an Any. */
export function anyOf(urls: readonly string[]): StandardRule<Any> {
  return plainRule('in', ({ typeUrl = '' }) => !urls.includes(typeUrl), `expected one of the types ${listed(urls)}`);
}

/** `not_in` of an Any. */
export function noAnyOf(urls: readonly string[]): StandardRule<Any> {
  return plainRule('not_in', ({ typeUrl = '' }) => urls.includes(typeUrl), `one of the forbidden types ${listed(urls)}`);
}

interface FieldMask {
  readonly paths?: readonly string[] | undefined;
}

/** `const` of a FieldMask. */
export function samePaths(wanted: readonly string[]): StandardRule<FieldMask> {
  const refuses = ({ paths = [] }: FieldMask): boolean =>
    paths.length !== wanted.length || paths.some((each, i) => each !== wanted[i]);
  return plainRule('const', refuses, `expected the paths ${listed(wanted)}`);
}

/** True for a path of the set, and for one below it. */
function isBelow(path: string, all: ReadonlySet<string>): boolean {
  if (all.has(path)) return true;
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) if (all.has(path.slice(0, dot))) return true;
  return false;
}

/** `in` of a FieldMask: a path, or one below it. */
export function pathsOf(allowed: readonly string[]): StandardRule<FieldMask> {
  const all = new Set(allowed);
  const refuses = ({ paths = [] }: FieldMask): boolean => paths.some((path) => !isBelow(path, all));
  return plainRule('in', refuses, `expected paths in ${listed(allowed)}`);
}

/** `not_in` of a FieldMask. */
export function noPathsOf(refused: readonly string[]): StandardRule<FieldMask> {
  const all = new Set(refused);
  return plainRule('not_in', ({ paths = [] }) => paths.some((path) => isBelow(path, all)), `has a path in ${listed(refused)}`);
}
