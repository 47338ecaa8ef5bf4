// `protovalidate=true`: the files that the plugin writes declare what the original ones declare, comments included, and rules of buf.validate.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clone, create, type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  type DescriptorProto,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MessageOptionsSchema,
  OneofOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { afterAll, describe, expect, it } from 'vitest';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

const VALIDATE = 'buf/validate/validate.proto';

/** Compiles a folder with files added to it. */
function compile(folder: string, files: Files = {}): FileDescriptorProto[] {
  const copy = mkdtempSync(join(tmpdir(), 'im-protovalidate-'));
  folders.push(copy);
  cpSync(folder, copy, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    writeFileSync(join(copy, name), text);
  }
  const image = execFileSync('node_modules/.bin/buf', ['build', copy, '--as-file-descriptor-set', '-o', '-'], {
    maxBuffer: 1 << 28,
  });
  return fromBinary(FileDescriptorSetSchema, image).file;
}

function written(protoFile: FileDescriptorProto[], names: readonly string[]): Files {
  const request = create(CodeGeneratorRequestSchema, { parameter: 'protovalidate=true', protoFile, fileToGenerate: [...names] });
  const { error, file } = generate(request);
  expect(error).toBe('');
  return Object.fromEntries(file.map(({ name, content }) => [name, content]));
}

const schemas: Record<string, DescMessage> = Object.fromEntries(
  [FieldOptionsSchema, MessageOptionsSchema, OneofOptionsSchema].map((schema) => [schema.typeName, schema]),
);

const byName = (files: readonly FileDescriptorProto[], name: string): FileDescriptorProto =>
  files.find((file) => file.name === name)!;

/** What a file declares, without the rules of buf.validate and the places in the source. */
function declared(file: FileDescriptorProto): Uint8Array {
  const plain = clone(FileDescriptorProtoSchema, file);
  plain.dependency = plain.dependency.filter((name) => name !== VALIDATE).sort();
  delete plain.sourceCodeInfo;
  const strip = (element: { options?: (Message & { $unknown?: { no: number }[] }) | undefined }): void => {
    if (element.options?.$unknown === undefined) return;
    element.options.$unknown = element.options.$unknown.filter(({ no }) => no !== 1159);
    // An empty message of options says nothing.
    if (element.options.$unknown.length === 0) delete element.options.$unknown;
    if (toBinary(schemas[element.options.$typeName], element.options).length === 0) delete element.options;
  };
  const visit = (message: DescriptorProto): void => {
    strip(message as never);
    for (const element of [...message.field, ...message.oneofDecl]) strip(element as never);
    message.nestedType.forEach(visit);
  };
  plain.messageType.forEach(visit);
  return toBinary(FileDescriptorProtoSchema, plain);
}

/** The comments of messages, enums, services and what is in them. */
function comments({ sourceCodeInfo }: FileDescriptorProto): Record<string, unknown> {
  const all = sourceCodeInfo!.location
    .filter(({ path }) => [4, 5, 6].includes(path[0]) && path.length % 2 === 0)
    .map(({ path, leadingComments, trailingComments, leadingDetachedComments }) => [
      path.join(),
      [leadingDetachedComments, leadingComments, trailingComments],
    ]);
  return Object.fromEntries(all.filter(([, texts]) => (texts as unknown[]).some((text) => String(text) !== '')));
}

function expectSame(
  originals: readonly FileDescriptorProto[],
  copies: readonly FileDescriptorProto[],
  names: readonly string[],
): void {
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    expect(declared(byName(copies, name)), name).toEqual(declared(byName(originals, name)));
    expect(comments(byName(copies, name)), name).toEqual(comments(byName(originals, name)));
  }
}

describe('proto-protovalidate', () => {
  it('declares what proto declares', () => {
    const originals = compile('proto');
    const names = originals.map(({ name }) => name).filter((name) => name.startsWith('im/'));
    expectSame(originals, compile('proto-protovalidate'), names);
  });
});

describe('files of applications', () => {
  it('every kind of rule, and names that hide others', () => {
    const fixtures = compile('test/fixtures/proto', {
      ...OPTIONS,
      [VALIDATE]: readFileSync(`proto-protovalidate/${VALIDATE}`, 'utf8'),
    });
    // One file has rules of buf.validate already.
    const names = fixtures.map(({ name }) => name).filter((name) => /^im\/fixture\/(?!.*standard_rules)/.test(name));
    const files = written(fixtures, names);
    expect(Object.keys(files).sort()).toEqual([...names].sort());
    expectSame(fixtures, compile('proto-protovalidate', files), names);
  });

  it('every declaration of the language', () => {
    const originals = compile('proto', SOURCES);
    const names = Object.keys(SOURCES);
    expectSame(originals, compile('proto-protovalidate', written(originals, names)), names);
  });

  it('refuses to add rules to an element that has rules of buf.validate', () => {
    const text = `syntax = "proto3"; package a; import "im/options/v1/options.proto"; import "${VALIDATE}";
      message A { string b = 1 [(im.options.v1.field) = {max_bytes: 1}, (buf.validate.field).string.max_bytes = 1]; }`;
    const protoFile = compile('proto-protovalidate', { 'a.proto': text });
    const request = create(CodeGeneratorRequestSchema, {
      parameter: 'protovalidate=true',
      protoFile,
      fileToGenerate: ['a.proto'],
    });
    expect(generate(request).error).toBe('a.proto:2: field a.A.b: it has rules of buf.validate already');
  });
});

/** Imported by the fixtures. */
const OPTIONS: Files = { 'im/options/v1/options.proto': readFileSync('proto/im/options/v1/options.proto', 'utf8') };

const SOURCES: Files = {
  'acme/options.proto': `// A licence.

// The syntax.
syntax = "proto2";
package acme;
import public "google/protobuf/descriptor.proto";
message Limits {
  optional string text = 1 [default = "a \\"b\\"\\n\\\\"];
  optional bytes raw = 2 [default = "\\000\\377\\""];
  optional double ratio = 3 [default = -inf];
  repeated Limits inner = 4;
  extensions 100 to 199, 1000 to max;
  optional Kind kind = 5 [default = HIGH];
  map<string, int64> counts = 6;
  enum Kind { option allow_alias = true; LOW = 1; HIGH = 2; TOP = 2 [deprecated = true]; reserved 5 to max; reserved "X"; }
}
extend Limits { optional int32 more = 100; }
extend google.protobuf.FieldOptions {
  // Limits of a field.
  optional Limits limits = 50001;
  repeated string tags = 50002;
}
extend google.protobuf.ServiceOptions { optional bool internal = 50003; }
extend google.protobuf.MethodOptions { optional float weight = 50004; }
`,
  'acme/api/v1/api.proto': `syntax = "proto3";
// Of the package.
package acme.api.v1;
import "acme/options.proto";
import "im/options/v1/options.proto";
import "im/protocol/v1/user_info.proto";
import "google/protobuf/any.proto";
option java_package = "com.acme";
// Detached.

// A message.
message Api { // after the brace
  // First.
  string name = 1 [(.acme.limits) = {text: "x\\u00e9" raw: "\\001" ratio: nan inner: [{kind: LOW}, {}] counts: {key: "k" value: 5} [acme.more]: -3}, (.acme.tags) = "a", (.acme.tags) = "b"]; // Last.
  reserved 5, 7 to 9, 100 to max;
  reserved "gone";
  message acme { string x = 1; }
  message Api { Inner i = 1; Api.Inner j = 2; message Inner {} }
  // Between.
  UserInfo own = 2;
  im.protocol.v1.UserInfo other = 3;
  optional int32 maybe = 4 [json_name = "perhaps", deprecated = true];
  oneof choice {
    // In a oneof.
    google.protobuf.Any any = 10;
    acme nested = 11;
  }
  repeated sint32 numbers = 12 [packed = false];
  map<int32, Api> by_id = 13;
  enum State { STATE_UNSPECIFIED = 0; STATE_NEGATIVE = -5; STATE_HEX = 0x10; }
}
message UserInfo { string text = 1 [(im.options.v1.field) = {alphabet: "\\\\p{L}"}]; }
service Calls {
  option (.acme.internal) = true;
  // Streams.
  rpc Watch(stream Api) returns (stream UserInfo);
  rpc Get(Api.acme) returns (.im.protocol.v1.UserInfo) { option (.acme.weight) = 0.1; option idempotency_level = NO_SIDE_EFFECTS; }
}
`,
  // Each name of an option begins with the name of another package.
  'hidden.proto': `syntax = "proto3"; package a.im.buf.acme; import "acme/options.proto"; import "acme/edition.proto"; import "im/options/v1/options.proto";
message M { option (.im.options.v1.message) = {at_most_one: {fields: ["a", "b"]}};
  string a = 1 [(.acme.tags) = "a", (.im.options.v1.field) = {max_bytes: 1}]; string b = 2 [(.acme.edition).a = "x"]; }
`,
  'acme/edition.proto': `edition = "2023";
package acme;
import "google/protobuf/descriptor.proto";
option features.field_presence = IMPLICIT;
message Edition { string a = 1 [features.field_presence = EXPLICIT]; Edition b = 2 [features.message_encoding = DELIMITED]; reserved foo; }
extend google.protobuf.FieldOptions { Edition edition = 50010; }
`,
};
