// The cases that do not pass, by the reason. The plugin refuses their messages, with a text by which each belongs to a class. `npm run
// conformance:validate` fails if a case of no class fails, if one of a class passes, and if a class has another number of cases.

export interface Class {
  readonly name: string;
  readonly reason: string;
  /** What the plugin says of a message. */
  readonly refusal: RegExp;
  /** The number of its cases in this version of the suite. */
  readonly cases: number;
}

export const CLASSES: readonly Class[] = [
  {
    name: 'CEL',
    reason: 'an expression needs an interpreter, which no bundle has',
    refusal: /\)\.cel(_expression)? is not supported, because it is an expression in CEL/,
    cases: 724,
  },
  {
    name: 'predefined rules',
    reason: 'they are expressions in CEL',
    refusal: /is a predefined rule, which is an expression in CEL/,
    cases: 76,
  },
  {
    name: 'proto2',
    reason: 'code is generated for proto3 alone',
    refusal: /written in proto2, but only proto3 is supported/,
    cases: 281,
  },
  {
    name: 'edition 2023',
    reason: 'code is generated for proto3 alone',
    refusal: /written in edition 2023, but only proto3 is supported/,
    cases: 350,
  },
];

/** Cases whose messages have code, and another result. */
export const DIFFERENCES: readonly { readonly suite: string; readonly case: string; readonly reason: string }[] = [
  {
    suite: 'standard_rules/bytes',
    case: 'pattern/invalid/not_utf8',
    reason: 'bytes that are not UTF-8 violate the pattern; protovalidate reports an error in place of a violation',
  },
  {
    suite: 'kitchen_sink',
    case: 'many/all-non-message-fields/invalid',
    reason: 'a type_url without the name of a message is an issue too, whatever the rules of the Any',
  },
];
