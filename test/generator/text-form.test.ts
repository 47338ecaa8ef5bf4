// The text form of a schema: text, plans and text again; and the plans are those of the descriptors from which code is generated.
import { execFileSync } from 'node:child_process';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import * as models from '../../generated/models.js';
import { SCHEMAS } from '../../generated/schema-text.js';
import { type Description, describeSchema } from '../../scripts/protoc-gen-im-protocol/describe-schema.js';
import { createModel } from '../../scripts/protoc-gen-im-protocol/model.js';
import { escapeText, formatSchema } from '../../scripts/protoc-gen-im-protocol/text-form.js';
import { textsOf, unescapeText } from '../../src/wire/plan/escape.js';
import type { FieldPlan, MessagePlan } from '../../src/wire/plan/plan.js';
import { Schema } from '../../src/wire/plan/schema.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';

const FOLDERS = ['proto', 'test/fixtures/proto'];
const described = new Map(FOLDERS.map((folder) => [folder, describeFolder(folder)]));

/** The schema of a folder, from the descriptors that buf makes of it. */
function describeFolder(folder: string): Description {
  const image = execFileSync('node_modules/.bin/buf', ['build', folder, '--as-file-descriptor-set', '-o', '-'], {
    maxBuffer: 1 << 28,
  });
  const all = [...createFileRegistry(fromBinary(FileDescriptorSetSchema, image)).files];
  const files = all.filter(({ proto, edition }) => proto.package !== 'im.options.v1' && edition === 999);
  return describeSchema(createModel({ files, provided: [], asked: files, all, options: {} as never }));
}

/** What a table says of a field, besides its types. */
const TABLE_KEYS = [
  'number',
  'name',
  'proto',
  'json',
  'oneof',
  'kind',
  'type',
  'key',
  'optional',
  'sensitive',
  'routing',
  'since',
  'ignorable',
  'platform',
] as const;

/** What the text says of a field, without what the interpreter prepares from it. */
function said(field: FieldPlan): Partial<FieldPlan> {
  const { message, enum: table, zero, maxItems, tag, reserved, ...rest } = field;
  return rest;
}

const saidOf = ({ name, since, newest, oneofs, rules, fields }: MessagePlan) => ({
  name,
  since,
  newest,
  oneofs,
  rules,
  fields: fields.map(said),
});

describe.each(FOLDERS)('%s', (folder) => {
  const description = described.get(folder) as Description;
  const text = formatSchema(description);
  const schema = new Schema(text, [], description.rules);

  test('the plans of the text are those of the descriptors', () => {
    expect(description.messages.size).toBeGreaterThan(20);
    for (const [key, plan] of description.messages) expect(saidOf(schema.message(key))).toEqual(saidOf(plan));
    for (const [key, plan] of description.enums) expect(schema.enum(key)).toEqual(plan);
  });

  test('plans that were read are written as the same text', () => {
    const messages = new Map([...description.messages.keys()].map((key) => [key, schema.message(key)]));
    const enums = new Map([...description.enums.keys()].map((key) => [key, schema.enum(key)]));
    expect(formatSchema({ package: description.package, messages, enums, rules: description.rules })).toBe(text);
  });
});

test('the generated text has the tables of generated code', () => {
  const plain = (table: MessageTable) => ({
    name: table.name,
    since: table.since,
    newest: table.newest,
    fields: table.fields.map(plainField),
  });
  const plainField = (field: FieldTable) => ({
    ...Object.fromEntries(TABLE_KEYS.map((key) => [key, field[key]])),
    message: field.message?.().name,
    enum: field.enum?.().name,
  });
  const plans = SCHEMAS.flatMap((schema) =>
    [...schema.blocks].filter(([, block]) => block[0] === '>').map(([key]) => schema.message(key)),
  );
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const tables = Object.values(models).flatMap((model) => ('generated' in model ? [model.generated.table as MessageTable] : []));
  expect([tables.length, plans.length]).toEqual([byName.size, byName.size]);
  for (const table of tables) expect(plain(byName.get(table.name)!)).toEqual(plain(table));
});

test.each(['a b', 'a,b', '50%', '%20', 'a|b', '\n\r\t', '\u2028', '\u200f', '中文 🙂', '`\\', ''])(
  '%j is read as it was written',
  (text) => {
    const escaped = escapeText(text);
    expect(escaped).not.toMatch(/[\s|,]/);
    expect(unescapeText(escaped)).toBe(text);
    expect(textsOf([text, text].map(escapeText).join('|'))).toEqual([text, text]);
  },
);

test('a text of another version is refused', () => {
  expect(() => new Schema('2 im.protocol.v1')).toThrow('schema text of version 2, expected 1');
  expect(() => new Schema('')).toThrow('schema text of version , expected 1');
});

test('a type that the text does not have is an error', () => {
  expect(() => new Schema('1 x').message('Missing')).toThrow('the schema text has no type Missing');
});
