// A rule that does not fit its field is an error of the schema: the generator says so and makes nothing.
import type { DescField } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { fieldRules } from '../../scripts/protoc-gen-im-protocol/field-rules.js';
import { messageRules } from '../../scripts/protoc-gen-im-protocol/message-rules.js';
import type { FieldModel, MessageModel, ScalarName } from '../../scripts/protoc-gen-im-protocol/model.js';
import { SchemaError } from '../../scripts/protoc-gen-im-protocol/schema-error.js';
import type { FieldSettings, MessageSettings, Settings } from '../../scripts/protoc-gen-im-protocol/settings.js';

const none = {
  format: 0,
  required: false,
  orDefault: false,
  alphabet: '',
  forbidden: '',
  notBlank: false,
  notIn: [],
  notPrefix: [],
  unique: false,
};

const file = { kind: 'file', proto: { name: 'a.proto', messageType: [] } };
const parent = { kind: 'message', typeName: 'a.M', file, proto: { field: [] } };

/** A field of the type, which the schema gives these settings. */
function rulesOf(scalar: ScalarName, kind: FieldModel['kind'], declared: object, oneof?: string): () => unknown {
  const field = {
    desc: { kind: 'field', name: 'f', jsonName: 'f', parent, toString: () => 'field a.M.f' } as unknown as DescField,
    name: 'f',
    oneof,
    kind,
    type: { kind: 'scalar', scalar },
    key: kind === 'map' ? { kind: 'scalar', scalar: 'string' } : undefined,
    presence: oneof !== undefined,
    packed: false,
  } as const satisfies FieldModel;
  const settings = {
    field: () => ({ ...none, ...declared }),
    rules: (own: FieldSettings) => [own],
    standard: { field: () => undefined },
  } as unknown as Settings;
  return () => fieldRules(field, settings);
}

const numbers = 'a.proto: field a.M.f: min and max are for numbers and enums';
const bytes = 'a.proto: field a.M.f: min_bytes and max_bytes are for string and bytes';
const texts = 'a.proto: field a.M.f: alphabet, forbidden, not_blank, not_in and not_prefix are for strings';
const sizes = 'a.proto: field a.M.f: items and unique are for lists, keys and values for maps, min_items and max_items for both';
const format = 'a.proto: field a.M.f: a format is for the items, keys or values';
const required = 'a.proto: field a.M.f: required is for message fields and optional ones, outside of oneofs';

describe('a rule of a field', () => {
  it.each<[ScalarName, FieldModel['kind'], object, string]>([
    ['string', 'one', { min: 1n }, numbers],
    ['bool', 'one', { max: 1n }, numbers],
    ['int32', 'one', { minBytes: 1 }, bytes],
    ['bool', 'one', { maxBytes: 1 }, bytes],
    ['bytes', 'one', { alphabet: 'a' }, texts],
    ['int64', 'one', { forbidden: 'a' }, texts],
    ['bytes', 'one', { notBlank: true }, texts],
    ['bytes', 'one', { notIn: ['a'] }, texts],
    ['bytes', 'one', { notPrefix: ['a'] }, texts],
    ['string', 'one', { items: none }, sizes],
    ['string', 'one', { keys: none }, sizes],
    ['string', 'list', { values: none }, sizes],
    ['string', 'map', { items: none }, sizes],
    ['string', 'one', { minItems: 1 }, sizes],
    ['string', 'one', { maxItems: 1 }, sizes],
    ['string', 'map', { unique: true }, sizes],
    ['string', 'list', { maxBytes: 1 }, bytes],
    ['int32', 'list', { min: 1n }, numbers],
    ['string', 'map', { notBlank: true }, texts],
    ['string', 'list', { format: 4 }, format],
    ['bytes', 'list', { unique: true }, 'a.proto: field a.M.f: unique is for integers, enums, bools and strings'],
    ['double', 'list', { unique: true }, 'a.proto: field a.M.f: unique is for integers, enums, bools and strings'],
    ['int32', 'list', { items: { ...none, maxBytes: 1 } }, bytes],
    ['int32', 'map', { values: { ...none, alphabet: 'a' } }, texts],
    ['int32', 'map', { keys: { ...none, min: 1n } }, numbers],
    ['string', 'one', { required: true }, required],
    ['string', 'list', { required: true }, required],
  ])('%s, %s: %o is refused', (scalar, kind, declared, text) => {
    expect(rulesOf(scalar, kind, declared)).toThrow(new SchemaError(text));
  });

  it('is refused on a member of a oneof, if it is required', () => {
    expect(rulesOf('string', 'one', { required: true }, 'choice')).toThrow(new SchemaError(required));
  });

  it('is taken where it fits', () => {
    expect(rulesOf('string', 'list', { maxItems: 1, unique: true, items: { ...none, maxBytes: 1 } })).not.toThrow();
  });
});

describe('a rule of a message', () => {
  const message = {
    desc: { ...parent, toString: () => 'message a.M' },
    fields: [],
    oneofs: [],
  } as unknown as MessageModel;

  it('is refused if it names a field that the message does not have', () => {
    const declared = { atMostOne: [], exactlyOne: [{ fields: ['gone'] }] } as unknown as MessageSettings;
    expect(() => messageRules(message, { message: () => declared } as unknown as Settings)).toThrow(
      new SchemaError('a.proto: message a.M: exactly_one names a field "gone", which it does not have'),
    );
  });
});
