// All messages and enums of a model as plans, by the names that they have in the text form.
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import type { Checker } from './buf-validate/checker.js';
import { describeEnum, describeMessage, type PlaceRule, type TypeKey } from './describe-message.js';
import type { Model, OneofModel } from './model.js';
import { typeName } from './names.js';
import type { DescribedSchema } from './text-form.js';

/** The plans, and the names of their types. */
export interface Description extends DescribedSchema {
  readonly keyOf: TypeKey;
  /** The rules beside the text, in the order in which it numbers them. */
  readonly checkers: readonly Checker[];
}

export function describeSchema({ files, settings }: Model): Description {
  const messages = files.flatMap((file) => file.messages);
  const enums = files.flatMap((file) => file.enums);
  const keys = uniqueKeys([...messages.map(({ desc }) => desc), ...enums]);
  const keyOf: TypeKey = (desc) => keys.get(desc) ?? desc.typeName;
  const commands = (desc: DescEnum): OneofModel[] =>
    messages.flatMap((message) =>
      message.oneofs.filter((oneof) => {
        const command = settings.oneof(oneof.desc)?.commandData?.command;
        return message.fields.some((field) => field.desc.name === command && field.desc.enum === desc);
      }),
    );
  const checkers = new Map<string, Checker>();
  const place: PlaceRule = (checker) => {
    const same = checkers.get(checker.shown) ?? checker;
    checkers.set(checker.shown, same);
    return same.rule;
  };
  const plans = new Map(messages.map((message) => [keyOf(message.desc), describeMessage(message, settings, keyOf, place)]));
  return {
    package: usualPackage(messages.map(({ desc }) => desc)),
    messages: plans,
    enums: new Map(enums.map((desc) => [keyOf(desc), describeEnum(desc, settings, commands(desc))])),
    rules: [...checkers.values()].map(({ rule }) => rule),
    checkers: [...checkers.values()],
    keyOf,
  };
}

/** The name in TypeScript, followed by `$` as long as another type has it: types of two packages may share it. */
function uniqueKeys(types: readonly (DescMessage | DescEnum)[]): Map<DescMessage | DescEnum, string> {
  const taken = new Set<string>();
  const keys = new Map<DescMessage | DescEnum, string>();
  for (const desc of types) {
    let key = typeName(desc);
    while (taken.has(key)) key += '$';
    taken.add(key);
    keys.set(desc, key);
  }
  return keys;
}

/** The package with the most messages, whose name the text has once. */
function usualPackage(messages: readonly DescMessage[]): string {
  const counts = new Map<string, number>();
  for (const { file } of messages) counts.set(file.proto.package, (counts.get(file.proto.package) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
