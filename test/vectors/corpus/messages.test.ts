// Every frame type, field, member of a oneof and enum value occurs in a vector that is accepted.
import type { DescEnum, DescEnumValue } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { acceptedMessages, decodedVectors } from './decoded.js';
import { enums, frameTypes, messages, nameOf, schema } from './protocol.js';

it.each([...frameTypes.keys()])('a frame of type %i is accepted', (type) => {
  expect(decodedVectors.some(({ vector, bytes }) => vector.frame && bytes[5] === type)).toBe(true);
});

it.each(messages.map((desc) => [desc.name, desc] as const))(
  '%s: each field is set somewhere, members of oneofs too',
  (_name, desc) => {
    const accepted = acceptedMessages.filter((message) => message.desc === desc);
    expect(desc.fields.filter((field) => !accepted.some((message) => message.isSet(field))).map(nameOf)).toEqual([]);
  },
);

describe.each(enums.map((desc) => [desc.name, desc] as const))('%s', (_name, desc) => {
  const found = new Set(acceptedMessages.flatMap((message) => numbersOf(message, desc)));

  it('each value that is ever sent occurs', () => {
    const isSent = (value: DescEnumValue): boolean => value.number !== 0 && !schema.settings.value(value)?.error?.local;
    expect(desc.values.filter((value) => isSent(value) && !found.has(value.number)).map(({ name }) => name)).toEqual([]);
  });

  it('a number without a name occurs', () => {
    expect([...found].some((number) => desc.value[number] === undefined)).toBe(true);
  });
});

function numbersOf(message: ReflectMessage, desc: DescEnum): number[] {
  return message.fields.flatMap((field) => {
    if (field.enum !== desc) return [];
    return field.fieldKind === 'list' ? ([...(message.get(field) as ReflectList)] as number[]) : [message.get(field) as number];
  });
}
