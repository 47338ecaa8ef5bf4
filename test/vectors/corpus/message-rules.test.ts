// The rules of whole messages and of oneofs: each side of each is shown.
import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { acceptedMessages } from './decoded.js';
import { foundIssues } from './issues.js';
import { messages, schema } from './protocol.js';

const { settings } = schema;
const accepted = (desc: DescMessage): ReflectMessage[] => acceptedMessages.filter((message) => message.desc === desc);
/** The messages that were refused for this rule of theirs. */
const refused = (desc: DescMessage, rule: string): ReflectMessage[] =>
  foundIssues
    .filter((issue) => issue.rule === rule && issue.message.desc === desc && issue.about === undefined)
    .map(({ message }) => message);

const groups = messages.flatMap((desc) => {
  const { atMostOne = [], exactlyOne = [] } = settings.message(desc) ?? {};
  const named = (rule: string) => (group: { readonly fields: readonly string[] }) => ({ desc, rule, names: group.fields });
  return [...atMostOne.map(named('at_most_one')), ...exactlyOne.map(named('exactly_one'))];
});

describe.each(groups)('$desc.name: $rule of $names', ({ desc, rule, names }) => {
  const fields = names.map((name) => fieldOf(desc, name));
  const setOf = (message: ReflectMessage): DescField[] => fields.filter((field) => message.isSet(field));

  it.each(fields.map((field) => [field.name, field] as const))('%s alone is accepted', (_name, field) => {
    expect(accepted(desc).some((message) => setOf(message).length === 1 && message.isSet(field))).toBe(true);
  });

  it('two are refused', () => {
    expect(refused(desc, rule).some((message) => setOf(message).length === 2)).toBe(true);
  });

  it(`none is ${rule === 'exactly_one' ? 'refused' : 'accepted'}`, () => {
    const found = rule === 'exactly_one' ? refused(desc, rule) : accepted(desc);
    expect(found.some((message) => setOf(message).length === 0)).toBe(true);
  });
});

const totals = messages.flatMap((desc) => {
  const { byteTotal } = settings.message(desc) ?? {};
  return byteTotal === undefined ? [] : [{ desc, max: byteTotal.maxBytes, names: byteTotal.fields }];
});

it.each(totals)('$desc.name: $max bytes of $names are accepted, one more is refused', ({ desc, max, names }) => {
  const total = (message: ReflectMessage): number =>
    names.reduce((sum, name) => sum + textBytes(message.get(fieldOf(desc, name))), 0);
  expect(accepted(desc).some((message) => total(message) === max)).toBe(true);
  expect(refused(desc, 'byte_total').some((message) => total(message) === max + 1)).toBe(true);
});

const needed = messages.flatMap((desc) =>
  desc.oneofs.filter((oneof) => settings.oneof(oneof)?.required).map((oneof) => ({ desc, oneof })),
);

it.each(needed)('$desc.name: $oneof.name left out is refused', ({ oneof }) => {
  expect(withoutMember(oneof, refusedOneof(oneof)).length).toBeGreaterThan(0);
});

const open = needed.flatMap(({ desc, oneof }) => {
  const { laterMembers } = settings.oneof(oneof)!;
  return laterMembers === undefined ? [] : [{ desc, oneof, ...laterMembers }];
});

it.each(open)(
  '$desc.name: later members of $oneof.name are accepted from $first to $last, and not above',
  ({ desc, oneof, first, last }) => {
    expect(unknownOf(withoutMember(oneof, accepted(desc)))).toEqual(expect.arrayContaining([first, last]));
    expect(unknownOf(withoutMember(oneof, refusedOneof(oneof)))).toContain(last + 1);
  },
);

function refusedOneof(oneof: DescOneof): ReflectMessage[] {
  return foundIssues.filter(({ rule, about }) => rule === 'required' && about === oneof).map(({ message }) => message);
}

function withoutMember(oneof: DescOneof, found: readonly ReflectMessage[]): ReflectMessage[] {
  return found.filter((message) => message.oneofCase(oneof) === undefined);
}

/** The numbers of fields that the schema does not have. */
function unknownOf(found: readonly ReflectMessage[]): number[] {
  return found.flatMap((message) => message.getUnknown()?.map(({ no }) => no) ?? []);
}

function fieldOf(desc: DescMessage, name: string): DescField {
  return desc.fields.find((field) => field.name === name)!;
}

/** Of a string, a list of strings, or the keys and values of a map. */
function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  const texts = [...(value as ReflectList | ReflectMap)].flat() as string[];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
