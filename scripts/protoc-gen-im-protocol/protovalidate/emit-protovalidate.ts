// `protovalidate=true`: writes .proto files with the rules of buf.validate beside ours, and nothing else.
import { createRegistry, type DescField, type DescFile, type DescMessage, type DescOneof } from '@bufbuild/protobuf';
import { isRuled, VALIDATE } from '../buf-validate/validate-options.js';
import { isProvided } from '../generated-paths.js';
import { createFile } from '../model.js';
import { isOwnRuntime } from '../plugin-options.js';
import { OPTIONS_PACKAGE, type Schema } from '../schema.js';
import { schemaError } from '../schema-error.js';
import { createSettings, type Settings } from '../settings.js';
import { fieldRules } from './field-rules.js';
import { isGrouped, messageRules, oneofRules } from './message-rules.js';
import type { OptionEntry } from './options.js';
import { printFile } from './print-file.js';
import { entriesOf, isList, type TextMessage, type TextValue } from './text-format.js';
import { TypeNames } from './type-names.js';

type Ruled = DescMessage | DescField | DescOneof;

export function emitProtovalidate(schema: Schema): { name: string; content: string }[] {
  const settings = createSettings(schema.all);
  const registry = createRegistry(...schema.all);
  const names = new TypeNames(schema.all);
  return filesToWrite(schema).map((file) => {
    const rules = rulesOf(file, settings);
    const additions = {
      imports: rules.size > 0 ? [VALIDATE] : [],
      of: (desc: Ruled): OptionEntry[] => rules.get(desc) ?? [],
    };
    return { name: file.proto.name, content: printFile(file, registry, names, additions) };
  });
}

/** Without those that the package has: its own schema in an application, and validate.proto. */
function filesToWrite({ asked, options }: Schema): DescFile[] {
  return asked.filter((file) => {
    const isOfPackage = isProvided(file, options) || (file.proto.package === OPTIONS_PACKAGE && !isOwnRuntime(options));
    return !isOfPackage && file.proto.name !== VALIDATE && !file.proto.name.startsWith('google/protobuf/');
  });
}

/** The options of buf.validate of everything in the file that has rules. */
function rulesOf(file: DescFile, settings: Settings): Map<Ruled, OptionEntry[]> {
  const all = new Map<Ruled, OptionEntry[]>();
  const add = (desc: Ruled, option: string, rules: TextMessage | undefined): void => {
    if (rules === undefined) return;
    if (isRuled(desc)) throw schemaError(desc, `it has rules of buf.validate already`);
    all.set(desc, statementsOf(`(buf.validate.${option})`, rules));
  };
  for (const message of createFile(file).messages) {
    add(message.desc, 'message', messageRules(message, settings));
    for (const field of message.fields) add(field.desc, 'field', fieldRules(field, settings, isGrouped(field, settings)));
    for (const { desc } of message.oneofs) add(desc, 'oneof', oneofRules(desc, settings));
  }
  return all;
}

/** As people write them: `(buf.validate.field).string.max_bytes = 5`. */
function statementsOf(name: string, rules: TextMessage): OptionEntry[] {
  return entriesOf(rules).flatMap(([key, value]): OptionEntry[] => {
    if (isList(value)) return value.map((each): OptionEntry => [`${name}.${key}`, each]);
    return [shortened(`${name}.${key}`, value)];
  });
}

/** A message with one field that is no list is written as that field. */
function shortened(name: string, value: TextValue): OptionEntry {
  if (typeof value !== 'object' || isList(value) || Object.getPrototypeOf(value) !== Object.prototype) return [name, value];
  const entries = entriesOf(value as TextMessage);
  if (entries.length !== 1 || isList(entries[0][1])) return [name, value];
  return shortened(`${name}.${entries[0][0]}`, entries[0][1]);
}
