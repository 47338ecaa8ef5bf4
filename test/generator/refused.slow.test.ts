// What nothing can be generated from: the plugin answers with a text that names the file and the element.
import { describe, expect, it } from 'vitest';
import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { FIRST_APPLICATION_TYPE } from '../../generated/constants.js';
import * as numbers from '../../scripts/protoc-gen-im-protocol/application-numbers.js';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';
import { requestOf } from './request-of.js';

const HEAD = 'syntax = "proto3"; package com.example.app.v1; import "im/options/v1/options.proto";';

const errorOf = (files: Readonly<Record<string, string>>, parameter?: string): string =>
  generate(requestOf(files, parameter)).error;

/** The names of the files that are made. */
function madeOf(files: Readonly<Record<string, string>>, parameter?: string): string[] {
  const { error, file } = generate(requestOf(files, parameter));
  expect(error).toBe('');
  return file.map(({ name }) => name).sort();
}

describe('options', () => {
  const fine = { 'a.proto': `${HEAD} message A {}` };

  it.each([
    ['mood=good', 'unknown option mood: expected runtime, zod, form, protovalidate'],
    ['zod=maybe', 'option zod=maybe: expected true or false'],
    ['protovalidate=yes', 'option protovalidate=yes: expected true or false'],
    ['form=small', 'option form=small: expected fast or compact'],
    ['target=js', 'option target=js: only ts is supported'],
  ])('%s is refused', (parameter, text) => {
    expect(errorOf(fine, parameter)).toBe(text);
  });

  it('a file with the name of one that is made of all messages gets another name', () => {
    const files = {
      'models.proto': `${HEAD} message A {}`,
      'b.codec.proto': `${HEAD} message B {}`,
      'b.proto': `${HEAD} message C {}`,
    };
    const made = madeOf(files, 'zod=true');
    expect(made).toEqual(expect.arrayContaining(['models.ts', 'models$.ts', 'models$.codec.ts', 'models$.zod.ts']));
    expect(made).toEqual(expect.arrayContaining(['b.ts', 'b.codec.ts', 'b.codec$.ts', 'b.codec$.codec.ts']));
    expect(new Set(made).size).toBe(made.length);
  });

  it('choose what is made', () => {
    const made = madeOf(fine);
    expect(made).toEqual(['a.codec.ts', 'a.ts', 'functions.ts', 'models.ts']);
    expect(madeOf(fine, 'zod=true,target=ts')).toEqual([...made, 'a.zod.ts'].sort());
  });
});

describe('a file', () => {
  it('of another language than proto3 is refused', () => {
    const text = 'written in proto2, but only proto3 is supported';
    expect(errorOf({ 'a.proto': 'syntax = "proto2"; message A { optional int32 a = 1; }' })).toBe(`a.proto: ${text}`);
    const edition = 'edition = "2023"; message A { int32 a = 1; }';
    expect(errorOf({ 'a.proto': edition })).toBe(`a.proto: ${text.replace('proto2', 'edition 2023')}`);
  });

  it('that declares options for others alone may be of any', () => {
    const options =
      'syntax = "proto2"; import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { optional int32 mine = 50001; }';
    const user = 'syntax = "proto3"; import "mine.proto"; message A { int32 a = 1 [(mine) = 1]; }';
    expect(madeOf({ 'mine.proto': options, 'a.proto': user }).filter((name) => name.endsWith('.codec.ts'))).toEqual([
      'a.codec.ts',
    ]);
  });

  it('of another language whose types are used is refused', () => {
    const user = 'syntax = "proto3"; import "b.proto"; message A { B b = 1; }';
    expect(errorOf({ 'a.proto': user, 'b.proto': 'syntax = "proto2"; message B {}' })).toMatch(/^b\.proto: written in proto2/);
  });

  it('that is not among those to generate, but used, is asked for', () => {
    const request = requestOf({
      'a.proto': 'syntax = "proto3"; import "google/protobuf/any.proto"; message A { google.protobuf.Any any = 1; }',
    });
    request.fileToGenerate = ['a.proto'];
    expect(generate(request).error).toBe(
      'a.proto:1: field A.any: it is of a type in google/protobuf/any.proto, which is not among the files to generate: ' +
        'buf.gen.yaml needs strategy: all, include_imports: true and include_wkt: true for this plugin, protoc the name of the file',
    );
  });

  it('of this protocol is not generated once more', () => {
    const user = `${HEAD} import "im/protocol/v1/user_info.proto"; message A { im.protocol.v1.UserInfo user = 1; }`;
    const made = madeOf({ 'a.proto': user });
    expect(made.filter((name) => name.includes('im/'))).toEqual([]);
    expect(made).toContain('a.codec.ts');
  });
});

describe('the name of a file', () => {
  /** The answer for a file of this name, which a file system or buf may not take. */
  const answerFor = (name: string) => {
    const request = requestOf({ 'a.proto': 'syntax = "proto3"; message A { A a = 1; }' });
    request.protoFile[0].name = name;
    request.fileToGenerate = [name];
    return generate(request);
  };

  it.each(['a"b', 'a\\b', 'a\nb', 'a\u2028b', 'a#b', 'a?b', 'a%41b', 'a:b', 'a*b', '/a', 'a//b', '../a', 'a/./b', 'a`b', 'a$b'])(
    'that no import can have is refused: %j',
    (name) => {
      expect(answerFor(`${name}.proto`).error).toBe(
        `${name}.proto: its name may only contain letters, digits, spaces and _ - . ' @ + ~ , ( ) =`,
      );
    },
  );

  it.each(['x.d', 'a/x.d', 'x.d.y', '.d'])('that makes a file of declarations is refused: %s', (name) => {
    expect(answerFor(`${name}.proto`).error).toBe(
      `${name}.proto: its TypeScript, ${name}.ts, would be a declaration file: rename it`,
    );
  });

  it.each(["it's", 'a b', 'd', 'x.de', 'x.proto.v1', 'my.protos/x', '投票'])('may be %s', (name) => {
    const { error, file } = answerFor(`${name}.proto`);
    expect(error).toBe('');
    expect(file.map((made) => made.name)).toContain(`${name}.ts`);
  });

  it('may not hide source in the names of a request that no protoc made', () => {
    const request = requestOf({ 'a.proto': 'syntax = "proto3"; message A { A a = 1; }' });
    request.protoFile[0].messageType[0].field[0].name = 'a = 1; x';
    expect(generate(request).error).toBe('a.proto: invalid field name "a = 1; x"');
  });
});

describe('an element', () => {
  const command = (text: string): string => `${HEAD} enum C { C_NONE = 0; ${text} } message P {}`;

  it.each([
    [
      'a rule that does not fit its field',
      `${HEAD} message A { bool a = 1 [(im.options.v1.field) = {max_bytes: 1}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: min_bytes and max_bytes are for string and bytes',
    ],
    [
      'an alphabet that is no class of characters',
      `${HEAD} message A { string a = 1 [(im.options.v1.field) = {alphabet: "z-a"}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: alphabet is not a character class: [z-a]',
    ],
    [
      'a class of characters that ends too early',
      `${HEAD} message A { string a = 1 [(im.options.v1.field) = {forbidden: "a]b"}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: forbidden is not a character class: [a]b]',
    ],
    [
      'bounds of numbers that nothing keeps, one of them of a format',
      `${HEAD} message A { int64 a = 1 [(im.options.v1.field) = {format: FORMAT_ID max: 0}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: min 1 and max 0 contradict each other',
    ],
    [
      'bounds of bytes that nothing keeps',
      `${HEAD} message A { map<string, string> a = 1 [(im.options.v1.field) = {keys: {min_bytes: 3 max_bytes: 2}}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: min_bytes 3 and max_bytes 2 contradict each other',
    ],
    [
      'bounds of a list that nothing keeps',
      `${HEAD} message A { repeated int32 a = 1 [(im.options.v1.field) = {min_items: 3 max_items: 2}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: min_items 3 and max_items 2 contradict each other',
    ],
    [
      'a rule of a whole list for its elements',
      `${HEAD} message A { repeated A a = 1 [(im.options.v1.field) = {items: {required: true}}]; }`,
      'a.proto:1: field com.example.app.v1.A.a: rules inside of items, keys and values are about one value',
    ],
    [
      'a frame type of this protocol',
      `${HEAD} message A { option (im.options.v1.message) = {frame_type: 127}; }`,
      'a.proto:1: message com.example.app.v1.A: got the frame type 127, those of applications are 128 to 255',
    ],
    [
      'a frame type that no frame can have',
      `${HEAD} message A { option (im.options.v1.message) = {frame_type: 256}; }`,
      'a.proto:1: message com.example.app.v1.A: got the frame type 256, those of applications are 128 to 255',
    ],
    [
      'a frame type that another message has',
      `${HEAD} message A { option (im.options.v1.message) = {frame_type: 200}; } message B { option (im.options.v1.message) = {frame_type: 200}; }`,
      'a.proto:1: message com.example.app.v1.B: message com.example.app.v1.A has the frame type 200 too',
    ],
    [
      'a frame type of this protocol, in a package whose name is like its own',
      'syntax = "proto3"; package im.app.v1; import "im/options/v1/options.proto"; message A { option (im.options.v1.message) = {frame_type: 7}; }',
      'a.proto:1: message im.app.v1.A: got the frame type 7, those of applications are 128 to 255',
    ],
    [
      'a command of this protocol',
      command('C_A = 999 [(im.options.v1.value) = {application_command: {payload: "P"}}];'),
      'a.proto:1: enum value com.example.app.v1.C.C_A: got the number 999, commands of applications are 1000 and up',
    ],
    [
      'what is said of the commands of this protocol',
      command('C_A = 1000 [(im.options.v1.value) = {command: {from_client: true}}];'),
      'a.proto:1: enum value com.example.app.v1.C.C_A: command is only for commands of this protocol: use application_command',
    ],
    [
      'a payload that is no message',
      command('C_A = 1000 [(im.options.v1.value) = {application_command: {payload: "Q"}}];'),
      'a.proto:1: enum value com.example.app.v1.C.C_A: there is no message Q among the files to generate',
    ],
    [
      'two messages that make one name',
      `${HEAD} message A {} message AInit {}`,
      'a.proto:1: message com.example.app.v1.AInit: it makes AInit in models.ts, and so does a.proto:1: message com.example.app.v1.A: rename one',
    ],
    [
      'a field and a oneof that are called alike in TypeScript',
      `${HEAD} message A { int32 aB = 1; oneof a_b { int32 c = 2; } }`,
      'a.proto:1: oneof com.example.app.v1.A.a_b: field com.example.app.v1.A.aB is aB in TypeScript too: rename one',
    ],
    [
      'two members of a oneof that are called alike in TypeScript',
      `${HEAD} message A { oneof a { int32 foo_bar = 1; int32 FOO_BAR = 2; } }`,
      'a.proto:1: field com.example.app.v1.A.FOO_BAR: field com.example.app.v1.A.foo_bar is fooBar in TypeScript too: rename one',
    ],
    [
      'a constant that is there already',
      `${HEAD} option (im.options.v1.file) = {constants: [{name: "X" values: 1}, {name: "X" values: 2}]}; message A {}`,
      'a.proto: it makes X in constants.ts, and so does a.proto: rename one',
    ],
    [
      'two types that are called alike in TypeScript',
      `${HEAD} message Two_words {} message TwoWords {}`,
      'a.proto:1: message com.example.app.v1.TwoWords: it makes TwoWordsTable in a.codec.ts, and so does a.proto:1: message com.example.app.v1.Two_words: rename one',
    ],
  ])('%s is refused', (_what, text, error) => {
    expect(errorOf({ 'a.proto': text })).toBe(error);
  });

  const group = (rule: string): string =>
    `${HEAD}\n\nmessage A {\n  option (im.options.v1.message) = {${rule}};\n string a = 1; string b = 2; }`;

  it.each([
    ['at_most_one: {}', 'at_most_one needs at least 2 fields, got 0'],
    ['at_most_one: {fields: "a"}', 'at_most_one needs at least 2 fields, got 1'],
    ['at_most_one: {fields: ["a", "a"]}', 'at_most_one names the field a twice'],
    ['at_most_one: {fields: ["a", "b", "a"]}', 'at_most_one names the field a twice'],
    ['at_least_one: {fields: "a"}', 'at_least_one needs at least 2 fields, got 1'],
    ['ascending: {fields: "a"}', 'ascending needs at least 2 fields, got 1'],
    ['exactly_one: {}', 'exactly_one needs at least one field, got 0'],
    ['exactly_one: {fields: ["b", "b"]}', 'exactly_one names the field b twice'],
    ['byte_total: {}', 'byte_total needs at least one field, got 0'],
    ['byte_total: {fields: ["a", "a"] max_bytes: 1}', 'byte_total names the field a twice'],
    ['at_most_one: {fields: ["a", "c\'"]}', 'at_most_one names a field "c\'", which it does not have'],
  ])('with a group of fields that says nothing is refused: %s', (rule, text) => {
    expect(errorOf({ 'a.proto': group(rule) })).toBe(`a.proto:3: message com.example.app.v1.A: ${text}`);
  });

  it.each([
    ['{name: "a b" values: 1}', '"a b" is not a name of a constant in TypeScript'],
    ['{name: "X = 1; Y" values: 1}', '"X = 1; Y" is not a name of a constant in TypeScript'],
    ['{name: "class" values: 1}', '"class" is not a name of a constant in TypeScript'],
    ['{values: 1}', '"" is not a name of a constant in TypeScript'],
    ['{name: "X"}', 'the constant X has no value'],
    ['{name: "X" values: 9007199254740993}', 'the constant X has the value 9007199254740993, which is not a safe integer'],
  ])('that is a constant TypeScript cannot have is refused: %s', (constant, text) => {
    const file = `${HEAD} option (im.options.v1.file) = {constants: [${constant}]}; message A {}`;
    expect(errorOf({ 'a.proto': file })).toBe(`a.proto: ${text}`);
  });

  it('with bounds that one value keeps, and a bracket in a class that is escaped, is taken', () => {
    const rules = ['{min: 2 max: 2}', '{min_items: 2 max_items: 2}', '{alphabet: "a\\\\]"}', '{min_bytes: 2 max_bytes: 2}'];
    const types = ['int32', 'repeated int32', 'string', 'bytes'];
    const fields = rules.map((rule, i) => `${types[i]} a${i} = ${i + 1} [(im.options.v1.field) = ${rule}];`);
    expect(madeOf({ 'a.proto': `${HEAD} message A { ${fields.join(' ')} }` })).toContain('a.codec.ts');
  });

  it('with frames that have the name of another one is refused', () => {
    const framed = (name: string, type: number): string =>
      `syntax = "proto3"; package ${name}; import "im/options/v1/options.proto"; message A { option (im.options.v1.message) = {frame_type: ${type}}; }`;
    expect(errorOf({ 'a.proto': framed('a', 128), 'b.proto': framed('b', 129) })).toBe(
      'b.proto:1: message b.A: message a.A has frames too, and the same name: rename one',
    );
  });

  it('with a command at the first number, and with of a frame type at the first and last, is taken', () => {
    expect(
      madeOf({ 'a.proto': command('C_A = 1000 [(im.options.v1.value) = {application_command: {payload: "P"}}];') }),
    ).toContain('commands.ts');
    for (const type of [128, 255]) {
      expect(madeOf({ 'a.proto': `${HEAD} message A { option (im.options.v1.message) = {frame_type: ${type}}; }` })).toContain(
        'registry.ts',
      );
    }
  });
});

it('the numbers of applications are those of the schema', () => {
  expect({ ...numbers }).toEqual({ FIRST_APPLICATION_COMMAND, FIRST_APPLICATION_TYPE });
  expect(Object.keys(COMMANDS).length).toBeGreaterThan(0);
});
