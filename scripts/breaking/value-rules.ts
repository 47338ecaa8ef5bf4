// Compares the rules of values, lists and maps, after formats are resolved.
import type { FieldSettings, Settings } from '../protoc-gen-im-protocol/settings.js';
import type { Changes } from './change.js';
import { changedCharacters } from './characters.js';

/** Merges all sets of rules that apply together. */
interface ValueRules {
  readonly bounds: Readonly<Record<string, bigint | undefined>>;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly refused: Readonly<Record<string, readonly string[]>>;
  readonly alphabets: readonly string[];
  readonly forbidden: readonly string[];
  readonly orDefault: boolean;
}

/** Lower bounds: higher is tighter. Those of sizes start at 0. */
const LOWER = ['min', 'minBytes', 'minItems'] as const;
/** Upper bounds: lower is tighter. */
const UPPER = ['max', 'maxBytes', 'maxItems'] as const;
/** Rules that are on or off. */
const FLAGS = ['required', 'notBlank', 'unique'] as const;
/** Lists of refused values. */
const REFUSED = ['notIn', 'notPrefix'] as const;

/** Adds the changed rules of a value to `changes`. */
export function compareValueRules(
  changes: Changes,
  before: FieldSettings | undefined,
  beforeSettings: Settings,
  after: FieldSettings | undefined,
  afterSettings: Settings,
  prefix = '',
): void {
  const [old, now] = [rulesOf(before, beforeSettings), rulesOf(after, afterSettings)];
  const report = (name: string, tighter: boolean, text: string): void => {
    const full = `${prefix}${optionName(name)} ${tighter ? 'tightened' : 'loosened'}: ${text}`;
    if (tighter) changes.never(full);
    else changes.newVersion(full);
  };
  for (const name of [...LOWER, ...UPPER]) {
    const [a, b] = [old.bounds[name], now.bounds[name]];
    if (a !== b) report(name, isTighter(name, a, b), `from ${a ?? 'none'} to ${b ?? 'none'}`);
  }
  for (const name of FLAGS) {
    if (old.flags[name] !== now.flags[name]) report(name, now.flags[name], `from ${old.flags[name]} to ${now.flags[name]}`);
  }
  for (const name of REFUSED) {
    for (const text of now.refused[name])
      if (!old.refused[name].includes(text)) report(name, true, `${JSON.stringify(text)} is new`);
    for (const text of old.refused[name])
      if (!now.refused[name].includes(text)) report(name, false, `${JSON.stringify(text)} is gone`);
  }
  const characters = changedCharacters(old, now);
  if (characters.lost) report('alphabet', true, `${characters.lost} refused now`);
  if (characters.gained) report('alphabet', false, `${characters.gained} allowed now`);
  if (old.orDefault !== now.orDefault && acceptsDefault(old) !== acceptsDefault(now)) {
    report('orDefault', old.orDefault, `from ${old.orDefault} to ${now.orDefault}`);
  }
  for (const part of ['items', 'keys', 'values'] as const) {
    if (!before?.[part] && !after?.[part]) continue;
    compareValueRules(changes, before?.[part], beforeSettings, after?.[part], afterSettings, `${prefix}${part}.`);
  }
}

/** True if the default (0, empty, not set) satisfies the rules: then a field with them can be added to a message. */
export function allowsDefault(settings: FieldSettings | undefined, of: Settings): boolean {
  const rules = rulesOf(settings, of);
  return !rules.flags.required && acceptsDefault(rules);
}

function rulesOf(declared: FieldSettings | undefined, settings: Settings): ValueRules {
  const sets = declared ? settings.rules(declared) : [];
  const bounds: Record<string, bigint | undefined> = {};
  const ofSets = (name: (typeof LOWER | typeof UPPER)[number]): bigint[] =>
    sets.flatMap((set) => (set[name] === undefined ? [] : [BigInt(set[name])]));
  // A format applies in addition: the tightest bound counts.
  for (const name of LOWER) bounds[name] = extreme(name === 'min' ? ofSets(name) : [0n, ...ofSets(name)], (a, b) => a > b);
  for (const name of UPPER) bounds[name] = extreme(ofSets(name), (a, b) => a < b);
  return {
    bounds,
    flags: Object.fromEntries(FLAGS.map((name) => [name, sets.some((set) => set[name])])),
    refused: Object.fromEntries(REFUSED.map((name) => [name, sets.flatMap((set) => set[name])])),
    alphabets: sets.map((set) => set.alphabet).filter((text) => text !== ''),
    forbidden: sets.map((set) => set.forbidden).filter((text) => text !== ''),
    orDefault: sets.some((set) => set.orDefault),
  };
}

function extreme(values: readonly bigint[], wins: (a: bigint, b: bigint) => boolean): bigint | undefined {
  return values.reduce<bigint | undefined>((best, value) => (best === undefined || wins(value, best) ? value : best), undefined);
}

function isTighter(name: string, before: bigint | undefined, after: bigint | undefined): boolean {
  if (after === undefined) return false;
  if (before === undefined) return true;
  return (LOWER as readonly string[]).includes(name) ? after > before : after < before;
}

function acceptsDefault({ bounds, refused, orDefault }: ValueRules): boolean {
  const { min = 0n, max = 0n, minBytes = 0n, minItems = 0n } = bounds;
  if (orDefault) return true;
  return (
    min <= 0n && max >= 0n && minBytes === 0n && minItems === 0n && !refused.notIn.includes('') && !refused.notPrefix.includes('')
  );
}

/** `minBytes` in the schema: `min_bytes`. */
function optionName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
