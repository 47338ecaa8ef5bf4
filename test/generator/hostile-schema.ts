// A schema whose names and texts are what generated code could trip over, in every position.

/** Words of the language, globals, names of generated code, and shapes of names that a conversion could spoil. */
export const NAMES = [
  'abstract any arguments as asserts async await bigint boolean break case catch class const constructor continue debugger declare',
  'default delete do else enum eval export extends false finally for from function get global if implements import in infer instanceof',
  'interface is keyof let map message module namespace never new null number object of oneof optional option out override package private',
  'protected public readonly repeated require reserved return rpc satisfies service set static string super switch symbol syntax this',
  'throw true try type typeof undefined unique unknown using var void while with yield int32 bytes bool group stream to max',
  'NaN Infinity __proto__ prototype hasOwnProperty toString valueOf isPrototypeOf toLocaleString toJSON then length name exports __esModule',
  'Map Set Function Object Array String Number Boolean Symbol BigInt Uint8Array Error globalThis Promise Record Partial Readonly',
  'ReadonlyMap ArrayBuffer Date RegExp JSON Math WeakMap Proxy Reflect Buffer process window self',
  '_ _1 _2fa __ ___ a__b a_ a_b_ _a A_B AB ab Ab aB A_AEntry A_B_C x1 X_1 _class class_ Map_ await_ __defineGetter__',
  'value values key keys case_ data item old tag at m b p d e n q k x v i capacity size start count issues nested prechecked empty pos part wrongType',
  'unknownKey putText checkMember Member bytesCapacity',
  'CONSTANT_1 CONSTANT Issue Codec CodecOf MessageTable EnumTable message_ WithUnknownFields UNKNOWN_FIELDS FEATURES REGISTRY Any',
].flatMap((line) => line.split(' '));

/** Names of what is made of a message `A`. */
export const HELPERS = 'AInit ACodec AType ATable ASchema checkA readA writeA estimateA encodeA decodeA excessA A_A'.split(' ');

/** Texts that would end the literal, template or comment that they stand in, and then set `globalThis.hostile`. */
export const TEXTS = [
  "x', number: (globalThis.hostile = 1), json: 'x",
  "'); globalThis.hostile = 1; ('",
  '"; globalThis.hostile = 1; "',
  `\${globalThis.hostile = 1}`,
  '`; globalThis.hostile = 1; `',
  '*/ globalThis.hostile = 1; /*',
  '/; globalThis.hostile = 1; /',
  'a\nglobalThis.hostile = 1',
  'a\u2028globalThis.hostile = 1',
  'a\u2029b\rc\u0085d\u009be\u202ef',
  '\\',
  "\\'",
  '\\\\"',
  'a.b',
  'a[0]',
  '["a"]',
  ' ',
  '__proto__',
  'constructor',
  '1',
];

/** A string literal of .proto files. */
const quoted = (text: string): string =>
  `"${[...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;

/** All texts that a line of a comment may have. */
const COMMENT = TEXTS.map((text) => text.replaceAll(/[\n\r]/g, ' ')).flatMap((text) => [`// ${text}`, '// @ts-ignore']);
const BLOCK = '/* a\u2028globalThis.hostile = 1; \u2029 // \r\n * @deprecated ` $ { 1 } */';
const commented = (line: string, i = 0): string => (i % 40 === 0 ? [...COMMENT, line].join('\n') : line);

const HEAD = 'syntax = "proto3";';
const OPTIONS = 'import "im/options/v1/options.proto";';
const each = (line: (name: string, i: number) => string, names: readonly string[] = NAMES): string => names.map(line).join('\n');

/** Messages whose names are taken; those which make one name in TypeScript, or names of one another, lie in a package each. */
const APART =
  /^(_|__|___|_1|_2fa|a_|_a|A_B|AB|ab|Ab|aB|a__b|a_b_|A_B_C|Map_|class_|_class|await_|message_|case_|CONSTANT_1|CONSTANT|X_1|x1)$/;
const together = NAMES.filter((name) => !APART.test(name));
const members = together.filter((name) => !/^(a|A|b|B|_)$/.test(name));

export const FILES: Readonly<Record<string, string>> = {
  // Without a package.
  'messages.proto': `${HEAD}\n${each((name, i) => commented(`message ${name} { string text = 1; .${name} more = 2; repeated .${name} list = 3; map<string, .${name}> map = 4; oneof choice { .${name} one = 5; int32 other = 6; } }`, i), together)}`,
  'nested.proto': `${HEAD} package nested; message Outer { ${each(
    (name, i) => `message ${name} { int32 n = 1; } .nested.Outer.${name} f${i} = ${i + 1};`,
    together.filter((_, i) => i % 4 === 0),
  )} }`,
  ...Object.fromEntries(
    NAMES.filter((name) => APART.test(name)).map((name, i) => [
      `apart/m${i}.proto`,
      `${HEAD} package apart${i}; message ${name} { string text = 1; .apart${i}.${name} more = 2; message Inner { .apart${i}.${name} outer = 1; } }`,
    ]),
  ),
  'fields.proto': `${HEAD} package fields;\n${each((name, i) => {
    const kind = ['string', 'optional int64', 'map<int32, string>', 'repeated sfixed64'][i % 4];
    return `message A${i} { ${kind} ${name} = 1; }
      message B${i} { oneof ${name} { string zz1 = 1; A${i} zz2 = 2; } oneof zz3 { bytes ${name}_q = 3; B${i} zz4 = 4; } }`;
  })}`,
  'members.proto': `${HEAD} package members; message C { oneof choice {\n${each((name, i) => `string ${name} = ${i + 1};`, members)} } }`,
  'enums.proto': `${HEAD} package enums;\n${each((name, i) => {
    const loose = `enum Loose${i} { LOOSE${i} = 0; ${name}_${i} = 1; LOOSE${i}_B = -5; } message Holder${i} { Kind${i} kind = 1; map<string, Loose${i}> loose = 2; }`;
    return `enum Kind${i} {\n${commented(`KIND${i}_ZERO = 0;`, i)}\nKIND${i}_${name} = 1; } ${i % 6 ? '' : loose}`;
  })}
    enum Number { NUMBER_1 = 0; NUMBER_2 = 2; }
    enum Twin { option allow_alias = true; TWIN_A = 0; A = 0; TWIN_B = 1; }
    enum Alias { option allow_alias = true; ALIAS_A = 0; __proto__ = 1; constructor = 1; ALIAS___proto__ = 1; }
    enum HTTPKind { HTTP_KIND_NONE = 0; HTTP_KIND_class = 1; }
    message Whole { Number number = 1; Twin twin = 2; Alias alias = 3; HTTPKind http = 5; }`,
  ...Object.fromEntries(
    together
      .map((name, i) => [
        `enum/e${i}.proto`,
        i % 4
          ? ''
          : `${HEAD} package e${i}; enum ${name} { ZERO = 0; ${name}_ONE = 1; } message Holder { ${`.e${i}.${name}`} e = 1; }`,
      ])
      .filter(([, text]) => text !== ''),
  ),
  'prefix.proto': `${HEAD} package prefix; enum A { DATA_X = 0; A_Y = 1; } message Holder { A a = 1; }`,
  'packages.proto': `${HEAD} package class.function.constructor.__proto__._1.prototype; message M { M m = 1; } enum E { E_A = 0; }`,
  'json.proto': `${HEAD} ${OPTIONS} package json;\n${TEXTS.map((text, i) => {
    const json = `json_name = ${quoted(text)}`;
    const longer = `json_name = ${quoted(`${text} `)}`;
    return `message J${i} { string a = 1 [${json}, (im.options.v1.field) = {max_bytes: 2 required: false}]; }
      message L${i} { repeated int32 a = 1 [${json}, (im.options.v1.field) = {max_items: 9 items: {max: 5}}]; }
      message M${i} { map<string, J${i}> a = 1 [${json}, (im.options.v1.field) = {max_items: 9 keys: {max_bytes: 3}}]; }
      message O${i} { oneof o { option (im.options.v1.oneof) = {required: true}; J${i} a = 1 [${json}]; int32 b = 2 [${longer}, (im.options.v1.field) = {max: 3}]; } }
      message G${i} { option (im.options.v1.message) = {at_most_one: {fields: ["a", "b"]} byte_total: {fields: ["a", "b"] max_bytes: 9}}; string a = 1 [${json}]; string b = 2 [${longer}]; }`;
  }).join('\n')}`,
  'rules.proto': `${HEAD} ${OPTIONS} package rules;
    option (im.options.v1.file) = {constants: [{name: "LIMIT" values: 5 meaning: ${quoted(TEXTS.join(' '))}}, {name: "LIMITS" values: [1, 9007199254740991]}] features: [${TEXTS.map(quoted).join(', ')}]};
    message Rules {
      string in = 1 [(im.options.v1.field) = {not_in: [${TEXTS.map(quoted).join(', ')}]}];
      string prefix = 2 [(im.options.v1.field) = {not_prefix: [${TEXTS.map(quoted).join(', ')}]}];
      string alphabet = 3 [(im.options.v1.field) = {alphabet: ${quoted('a-z/\'`"$\n\u2028\u2029\u0085\\\\\\]')}}];
      string forbidden = 4 [(im.options.v1.field) = {forbidden: ${quoted('/\'`"$ {}\n\r\u2028\\\\*')} alphabet: "a-z/"}];
      double bounds = 5 [(im.options.v1.field) = {min: -9007199254740993 max: 9223372036854775807}];
      sint64 long = 6 [(im.options.v1.field) = {min: -9223372036854775808}];
      oneof wrongType { string checkA = 7 [(im.options.v1.field) = {max_bytes: 3}]; RulesChars b = 8; }
      map<string, string> rules = 9 [(im.options.v1.field) = {keys: {max_bytes: 3} values: {max_bytes: 3}}];
    }
    message RulesChars { option (im.options.v1.message) = {byte_total: {fields: ["rules", "checkRules"] max_bytes: 9}};
      map<string, string> rules = 1 [(im.options.v1.field) = {keys: {max_bytes: 3} values: {max_bytes: 3}}]; string checkRules = 2; Rules r = 3; }
    message wrongType { oneof wrongType { string unknownKey = 1; wrongType checkMember = 2; } }
    message excessA { oneof excessA { excessA a = 1; A b = 2; } }
    message A { excessA a = 1; map<string, string> b = 2; message BEntry {} }`.replace('message BEntry {}', ''),
  'comments.proto': `${BLOCK}\n${COMMENT.join('\n')}\n\n${commented(HEAD)}\n${commented('package comments;')}\n${commented('message M {')}
    ${commented('string a = 1;')} ${BLOCK}\n${commented('oneof o {')}\n${commented('int32 b = 2;')}\n}\n}\n${BLOCK}\nenum E {\n${commented('E_A = 0;')} ${BLOCK}\n}`,
  'commands.proto': `${HEAD} ${OPTIONS} package commands; message P {} message undefined {}\n${each((name, i) => {
    const command = `{${i % 2 ? 'payload: "P"' : ''} ${i % 3 ? 'reply: "undefined"' : ''}}`;
    const value = `COMMAND${i}_${name} = ${1000 + i} [(im.options.v1.value) = {application_command: ${command}}];`;
    return `enum Command${i} { COMMAND${i}_NONE = 0;\n${commented(value, i)} }`;
  })}`,
  "it's a file.proto": `${HEAD} import "my.protos/a.proto"; import "投票.proto"; package odd.one; message M { odd.two.M m = 1; odd.three.M n = 2; Same s = 3; odd.two.Same t = 4; } message Same {} message Same1 {}`,
  'my.protos/a.proto': `${HEAD} package odd.two; message M { Same s = 1; } message Same {}`,
  '投票.proto': `${HEAD} import "x.proto.v1.proto"; package odd.three; message M { x.proto.M m = 1; }`,
  'x.proto.v1.proto': `${HEAD} package x.proto; message M { M m = 1; }`,
  'entries.proto': `${HEAD} package entries; message A { map<string, int32> b = 1; } message A_ { message BEntry { int32 c = 1; } }`,
};
