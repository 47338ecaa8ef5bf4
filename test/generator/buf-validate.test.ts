// What the plugin says about rules of buf.validate that it cannot check, and about those that are wrong.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary } from '@bufbuild/protobuf';
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { emitCodecs } from '../../scripts/protoc-gen-im-protocol/emit-codecs.js';
import { emitPlans } from '../../scripts/protoc-gen-im-protocol/emit-plans.js';
import { createModel } from '../../scripts/protoc-gen-im-protocol/model.js';
import { readSchema } from '../../scripts/protoc-gen-im-protocol/schema.js';
import { SchemaError } from '../../scripts/protoc-gen-im-protocol/schema-error.js';

const INSTEAD = 'use standard rules, or rules of im/options/v1/options.proto, or check it in the application';
const CEL = `is not supported, because it is an expression in CEL: ${INSTEAD}`;

const field = (rules: string, type = 'string') => `message M { ${type} f = 1 [${rules}]; }`;
const ruled = (rule: string, type?: string) => field(`(buf.validate.field).${rule}`, type);
const grouped = (rule: string) => `message M { option (buf.validate.message).oneof = {${rule}}; string a = 1; string b = 2; }`;
const misfit = (rules: string, type: string, own: string) =>
  `field t.M.f: ${rules} rules of buf.validate do not fit the type ${type}, ${own}`;

/** Files, and the error for each, without the name of the file and the line. */
const REFUSED: readonly (readonly [content: string, error: string])[] = [
  [ruled('cel = {id: "a", expression: "true"}'), `field t.M.f: (buf.validate.field).cel ${CEL}`],
  [ruled('cel_expression = "true"'), `field t.M.f: (buf.validate.field).cel_expression ${CEL}`],
  [ruled('repeated.items.cel_expression = "true"', 'repeated string'), `field t.M.f: (buf.validate.field).cel_expression ${CEL}`],
  [ruled('map.keys.cel_expression = "true"', 'map<string, string>'), `field t.M.f: (buf.validate.field).cel_expression ${CEL}`],
  [
    'message M { oneof o { string f = 1 [(buf.validate.field).cel_expression = "true"]; } }',
    `field t.M.f: (buf.validate.field).cel_expression ${CEL}`,
  ],
  [
    'message M { option (buf.validate.message).cel_expression = "true"; }',
    `message t.M: (buf.validate.message).cel_expression ${CEL}`,
  ],
  [
    'message M { message N { option (buf.validate.message).cel = {id: "a"}; } }',
    `message t.M.N: (buf.validate.message).cel ${CEL}`,
  ],
  [
    ruled('string.(predefined.is_small) = true'),
    `field t.M.f: the field 1001 of buf.validate.StringRules is a predefined rule, which is an expression in CEL: ${INSTEAD}`,
  ],
  [
    ruled('repeated.items.string.(predefined.is_small) = true', 'repeated string'),
    `field t.M.f: the field 1001 of buf.validate.StringRules is a predefined rule, which is an expression in CEL: ${INSTEAD}`,
  ],
  [ruled('string.min_len = 1', 'int32'), misfit('string', 'int32', 'whose rules are int32 rules')],
  [ruled('int32.gt = 1', 'int64'), misfit('int32', 'int64', 'whose rules are int64 rules')],
  [ruled('float.gt = 1', 'double'), misfit('float', 'double', 'whose rules are double rules')],
  [ruled('int32.gt = 1', 'E'), misfit('int32', 't.E', 'whose rules are enum rules')],
  [ruled('string.min_len = 1', 'N'), misfit('string', 't.N', 'which has no standard rules')],
  [
    ruled('string.min_len = 1', 'google.protobuf.Int32Value'),
    misfit('string', 'google.protobuf.Int32Value', 'whose rules are int32 rules'),
  ],
  [
    ruled('duration.gt = {seconds: 1}', 'google.protobuf.Timestamp'),
    misfit('duration', 'google.protobuf.Timestamp', 'whose rules are timestamp rules'),
  ],
  [ruled('repeated.min_items = 1'), misfit('repeated', 'string', 'whose rules are string rules')],
  [
    ruled('string.min_len = 1', 'repeated string'),
    'field t.M.f: string rules of buf.validate do not fit a list: they belong to repeated.items',
  ],
  [
    ruled('repeated.min_items = 1', 'map<string, string>'),
    'field t.M.f: repeated rules of buf.validate do not fit a map: they belong to map.keys and map.values',
  ],
  [ruled('repeated.items.int32.gt = 1', 'repeated string'), misfit('int32', 'string', 'whose rules are string rules')],
  [ruled('map.values.int32.gt = 1', 'map<int32, string>'), misfit('int32', 'string', 'whose rules are string rules')],
  [ruled('repeated.unique = true', 'repeated N'), 'field t.M.f: repeated.unique of buf.validate is for scalars and enums'],
  [
    ruled('string.pattern = "("'),
    'field t.M.f: (buf.validate.field).string.pattern is not a pattern of RE2: error parsing regexp: missing closing ): `(`',
  ],
  [
    ruled('string.pattern = "(?=a)"'),
    'field t.M.f: (buf.validate.field).string.pattern is not a pattern of RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
  ],
  [ruled('int32 = {gt: 5, lt: 6}', 'int32'), 'field t.M.f: min 6 and max 5 contradict each other'],
  [ruled('string = {min_bytes: 5, max_bytes: 4}'), 'field t.M.f: min_bytes 5 and max_bytes 4 contradict each other'],
  [
    ruled('repeated = {min_items: 5, max_items: 4}', 'repeated string'),
    'field t.M.f: min_items 5 and max_items 4 contradict each other',
  ],
  [
    field('(buf.validate.field).string.min_bytes = 5, (im.options.v1.field).max_bytes = 4'),
    'field t.M.f: min_bytes 5 and max_bytes 4 contradict each other',
  ],
  [grouped(''), 'message t.M: (buf.validate.message).oneof needs at least one field'],
  [grouped('fields: ["a", "c"]'), 'message t.M: (buf.validate.message).oneof names the field "c", which it does not have'],
  [grouped('fields: ["a", "b", "a"]'), 'message t.M: (buf.validate.message).oneof names the field "a" twice'],
];

/** Files that are no errors. */
const ACCEPTED: readonly string[] = [
  field('(buf.validate.field).string.max_bytes = 5, (im.options.v1.field).max_bytes = 4'),
  // An example is no rule, and what is ignored is not checked.
  ruled('string.example = "a"'),
  field('(buf.validate.field).cel_expression = "false", (buf.validate.field).ignore = IGNORE_ALWAYS'),
  ruled('repeated.items = {required: true, string: {min_len: 1}}', 'repeated string'),
  ruled('string.well_known_regex = KNOWN_REGEX_UNSPECIFIED'),
];

const IMPORTS = [
  'buf/validate/validate',
  'google/protobuf/timestamp',
  'google/protobuf/wrappers',
  'im/options/v1/options',
  'predefined',
];
const TYPES = 'message N {} enum E { E_UNSPECIFIED = 0; }';
const PREDEFINED = `syntax = "proto2"; package predefined; import "buf/validate/validate.proto";
extend buf.validate.StringRules {
  optional bool is_small = 1001 [(buf.validate.predefined).cel = {id: "string.is_small", expression: "true"}];
}`;

/** The content as the file `a3.proto` of the package `t3`. */
function fileOf(content: string, i: number): string {
  const imports = IMPORTS.map((name) => `import "${name}.proto";`).join(' ');
  return `syntax = "proto3"; package t${i}; ${imports} ${TYPES}\n${content}\n`;
}

/** Compiles all files in one run of buf, and makes a request for each. */
function requestsOf(contents: readonly string[]): CodeGeneratorRequest[] {
  const folder = mkdtempSync(join(tmpdir(), 'im-buf-validate-'));
  try {
    cpSync('proto-protovalidate/buf', join(folder, 'buf'), { recursive: true });
    cpSync('proto/im/options', join(folder, 'im/options'), { recursive: true });
    writeFileSync(join(folder, 'predefined.proto'), PREDEFINED);
    for (const [i, content] of contents.entries()) writeFileSync(join(folder, `a${i}.proto`), fileOf(content, i));
    const image = execFileSync('node_modules/.bin/buf', ['build', folder, '--as-file-descriptor-set', '-o', '-'], {
      maxBuffer: 1 << 28,
    });
    const { file } = fromBinary(FileDescriptorSetSchema, image);
    return contents.map((_, i) => {
      const protoFile = file.filter(({ name }) => !/^a\d+\.proto$/.test(name) || name === `a${i}.proto`);
      return create(CodeGeneratorRequestSchema, { protoFile, fileToGenerate: protoFile.map(({ name }) => name) });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const contents = [...REFUSED.map(([content]) => content), ...ACCEPTED];
const requests = requestsOf(contents);

/** Generates all but types, in both forms. */
function generateCode(request: CodeGeneratorRequest, form: 'fast' | 'compact'): void {
  const schema = readSchema(request);
  const options = { ...schema.options, form };
  const model = createModel(schema);
  (form === 'fast' ? emitCodecs : emitPlans)(model, options);
}

describe.each(['fast', 'compact'] as const)('form=%s', (form) => {
  it.each(REFUSED.map(([content, error], i) => [content, error, i] as const))('%s is refused', (_, error, i) => {
    const text = error.replaceAll(/\bt\./g, `t${i}.`);
    expect(() => generateCode(requests[i], form)).toThrow(new SchemaError(`a${i}.proto:2: ${text}`));
  });

  it.each(ACCEPTED.map((content, i) => [content, i] as const))('%s is accepted', (_, i) => {
    expect(() => generateCode(requests[REFUSED.length + i], form)).not.toThrow();
  });
});

it('docs/rules.md has each rule of validate.proto', () => {
  const page = readFileSync('docs/rules.md', 'utf8');
  const table = page.slice(page.indexOf('## Rules of buf.validate in your files'));
  const messages = readSchema(requests[0])
    .all.flatMap((file) => file.messages)
    .filter(({ typeName }) => /^buf\.validate\.(?!Predefined)\w+Rules$/.test(typeName));
  const names = messages.flatMap(({ fields, oneofs }) => {
    const types = oneofs.find(({ name }) => name === 'type')?.fields ?? [];
    return fields.filter((each) => !types.includes(each)).map(({ name }) => name);
  });
  expect(messages.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !table.includes(name))).toEqual([]);
});
