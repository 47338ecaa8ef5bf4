// The rules of a field as a text, for TSDoc and for docs/reference.md.
import type { DescField } from '@bufbuild/protobuf';
import type { RuleSet } from './buf-validate/read-rule.js';
import { createField } from './model.js';
import type { FieldSettings, Settings } from './settings.js';

/** All rules of a field: `required; 1 to 8192 bytes; allowed characters [!-~]; secret`. Empty if it has none. */
export function ruleSummary(field: DescField, settings: Settings): string {
  const own = settings.field(field);
  const texts = own === undefined ? [] : textsOf(own, settings);
  return [...texts, ...standardTexts(field, settings)].join('; ');
}

/** The rules of buf.validate, by their names there. */
function standardTexts(field: DescField, settings: Settings): string[] {
  const read = settings.standard.field(createField(field));
  if (read === undefined) return [];
  const summaries = ({ origins }: RuleSet): string[] => [...new Set(origins.map(({ summary }) => summary))];
  const inside = (what: string, set: RuleSet): string[] =>
    set.origins.length > 0 ? [`${what}: ${summaries(set).join(', ')}`] : [];
  const items = field.fieldKind === 'map' ? 'values' : 'each element';
  return [
    ...(read.required ? ['required'] : []),
    ...summaries(read.whole),
    ...inside(items, read.items),
    ...inside('keys', read.keys),
  ];
}

function textsOf(own: FieldSettings, settings: Settings): string[] {
  const texts = settings.rules(own).flatMap(valueTexts);
  if (own.unique) texts.push('no duplicates');
  for (const [what, inner] of [
    ['each element', own.items],
    ['keys', own.keys],
    ['values', own.values],
  ] as const) {
    const inside = inner === undefined ? [] : textsOf(inner, settings);
    if (inside.length > 0) texts.push(`${what}: ${inside.join(', ')}`);
  }
  if (own.sensitive) texts.push('secret');
  if (own.routing) texts.push('cleared on delivery');
  if (own.platform) texts.push('set by the platform only');
  if (own.since > 1) texts.push(`since version ${own.since}${own.ignorable ? ', ignorable' : ''}`);
  return texts;
}

/** The rules of the value itself. */
function valueTexts(rules: FieldSettings): string[] {
  const texts: (string | false)[] = [
    rules.required && 'required',
    range(rules.min, rules.max),
    range(rules.minBytes, rules.maxBytes, 'byte'),
    range(rules.minItems, rules.maxItems, 'element'),
    rules.alphabet !== '' && `allowed characters \`[${rules.alphabet}]\``,
    rules.forbidden !== '' && `forbidden characters \`[${rules.forbidden}]\``,
    rules.notBlank && 'not blank',
    rules.notIn.length > 0 && `not one of ${rules.notIn.map((name) => `\`${name}\``).join(', ')}`,
    rules.notPrefix.length > 0 && `does not begin with ${rules.notPrefix.map((name) => `\`${name}\``).join(', ')}`,
    rules.orDefault && 'or the default',
  ];
  return texts.filter((text) => text !== false);
}

/** `1 to 8 bytes`, `at least 1 byte`, `at most 8 bytes`, `exactly 8 bytes`; false without a bound. */
function range(min: bigint | number | undefined, max: bigint | number | undefined, unit?: string): string | false {
  const last = max ?? min;
  if (last === undefined) return false;
  const noun = unit === undefined ? '' : ` ${unit}${last === 1 ? '' : 's'}`;
  if (min === max) return `exactly ${last}${noun}`;
  if (min === undefined) return `at most ${last}${noun}`;
  if (max === undefined) return `at least ${last}${noun}`;
  return `${min} to ${last}${noun}`;
}
