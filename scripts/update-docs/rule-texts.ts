// The rules of a field in words, for the reference.
import type { DescField } from '@bufbuild/protobuf';
import type { FieldSettings, Settings } from '../protoc-gen-im-protocol/settings.js';

/** All rules of a field: `required; 1 to 8192 bytes; characters [!-~]; secret`. Empty = none. */
export function ruleTexts(field: DescField, settings: Settings): string {
  const own = settings.field(field);
  const texts = own === undefined ? [] : textsOf(own, settings);
  return texts.join('; ');
}

function textsOf(own: FieldSettings, settings: Settings): string[] {
  const texts = settings.rules(own).flatMap(valueTexts);
  if (own.unique) texts.push('each once');
  for (const [what, inner] of [
    ['each', own.items],
    ['keys', own.keys],
    ['values', own.values],
  ] as const) {
    const inside = inner === undefined ? [] : textsOf(inner, settings);
    if (inside.length > 0) texts.push(`${what}: ${inside.join(', ')}`);
  }
  if (own.sensitive) texts.push('secret');
  if (own.routing) texts.push('cleared on delivery');
  if (own.since > 1) texts.push(`since version ${own.since}${own.ignorable ? ', ignorable' : ''}`);
  return texts;
}

/** The rules of a set that are about the value itself. */
function valueTexts(rules: FieldSettings): string[] {
  const texts: (string | false)[] = [
    rules.required && 'required',
    range(rules.min, rules.max, ''),
    range(rules.minBytes, rules.maxBytes, ' bytes'),
    range(rules.minItems, rules.maxItems, ' entries'),
    rules.alphabet !== '' && `characters \`[${rules.alphabet}]\``,
    rules.forbidden !== '' && `none of \`[${rules.forbidden}]\``,
    rules.notBlank && 'not blank',
    rules.notIn.length > 0 && `none of ${rules.notIn.map((name) => `\`${name}\``).join(', ')}`,
    rules.notPrefix.length > 0 && `does not begin with ${rules.notPrefix.map((name) => `\`${name}\``).join(', ')}`,
    rules.orDefault && 'or the default',
  ];
  return texts.filter((text) => text !== false);
}

/** `1 to 8`, `at least 1`, `at most 8`, `exactly 8`; false where there is no bound. */
function range(min: bigint | number | undefined, max: bigint | number | undefined, unit: string): string | false {
  if (min === undefined && max === undefined) return false;
  if (min === max) return `exactly ${max}${unit}`;
  if (min === undefined) return `at most ${max}${unit}`;
  if (max === undefined) return `at least ${min}${unit}`;
  return `${min} to ${max}${unit}`;
}
