// The rules of buf.validate in files of applications: read once, and refused where they cannot be checked.
import type { DescField, DescFile, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { FieldModel } from '../model.js';
import { schemaError } from '../schema-error.js';
import { type ReadField, readField } from './read-field.js';
import { refuseOthers } from './rules-reader.js';
import { validateOptions } from './validate-options.js';

/** A buf.validate.MessageOneofRule. */
export interface Group {
  readonly fields: string[];
  /** Exactly one field is set; else at most one. */
  readonly required: boolean;
}

export interface StandardRules {
  field(field: FieldModel): ReadField | undefined;
  groups(desc: DescMessage): readonly Group[];
  isRequired(desc: DescOneof): boolean;
}

/**
 * @param all the files of the request, of which one declares the options.
 * @param read the files whose rules are read. The package has the checks of its own messages.
 */
export function standardRules(all: readonly DescFile[], read: readonly DescFile[]): StandardRules {
  const options = validateOptions(all);
  const isRead = ({ file }: DescMessage): boolean => options !== undefined && read.includes(file);
  const fields = new Map<DescField, ReadField | undefined>();
  const groups = new Map<DescMessage, readonly Group[]>();
  const groupsOf = (desc: DescMessage): readonly Group[] => {
    let found = groups.get(desc);
    if (found === undefined) {
      found = isRead(desc) ? readGroups(desc, options?.message(desc)) : [];
      groups.set(desc, found);
    }
    return found;
  };
  return {
    field(field) {
      const { desc } = field;
      if (!isRead(desc.parent)) return undefined;
      if (!fields.has(desc)) {
        const isGrouped = groupsOf(desc.parent).some((group) => group.fields.includes(desc.name));
        fields.set(desc, readField(field, options?.field(desc), isGrouped));
      }
      return fields.get(desc);
    },
    groups: groupsOf,
    isRequired(desc) {
      const rules = isRead(desc.parent) ? options?.oneof(desc) : undefined;
      if (rules === undefined) return false;
      refuseOthers(rules, desc, 'oneof', ['required']);
      return rules.get(rules.desc.field.required) === true;
    },
  };
}

function readGroups(desc: DescMessage, rules: ReflectMessage | undefined): Group[] {
  if (rules === undefined) return [];
  refuseOthers(rules, desc, 'message', ['oneof']);
  return [...(rules.get(rules.desc.field.oneof) as Iterable<ReflectMessage>)].map((rule) => {
    const { fields, required } = rule.desc.field;
    const names = [...(rule.get(fields) as Iterable<string>)];
    refuseNames(names, desc);
    return { fields: names, required: rule.get(required) === true };
  });
}

function refuseNames(names: readonly string[], desc: DescMessage): void {
  if (names.length === 0) throw schemaError(desc, '(buf.validate.message).oneof needs at least one field');
  for (const [i, name] of names.entries()) {
    const text = `(buf.validate.message).oneof names the field ${JSON.stringify(name)}`;
    if (names.indexOf(name) !== i) throw schemaError(desc, `${text} twice`);
    if (!desc.fields.some((field) => field.name === name)) throw schemaError(desc, `${text}, which it does not have`);
  }
}
