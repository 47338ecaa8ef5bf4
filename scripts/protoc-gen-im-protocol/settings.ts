// Reads our options (im/options/v1/options.proto) from descriptors.
import {
  type AnyDesc,
  type DescEnum,
  type DescEnumValue,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  getOption,
  hasOption,
} from '@bufbuild/protobuf';
import type {
  CommandData,
  CommandSettings,
  EnumSettings,
  EnumValueSettings,
  FieldGroup,
  FieldSettings,
  FileSettings,
  MessageSettings,
  OneofSettings,
} from '../../generated/im/options/v1/options.js';
import { type Group, type StandardRules, standardRules } from './buf-validate/standard-rules.js';

export type {
  CommandData,
  CommandSettings,
  EnumSettings,
  EnumValueSettings,
  FieldGroup,
  FieldSettings,
  FileSettings,
  MessageSettings,
  OneofSettings,
};

/** Reads the settings of each kind of descriptor; undefined if there are none. */
export interface Settings {
  file(desc: DescFile): FileSettings | undefined;
  message(desc: DescMessage): MessageSettings | undefined;
  /** The rules of a field as written, with formats not resolved. */
  field(desc: DescField): FieldSettings | undefined;
  oneof(desc: DescOneof): OneofSettings | undefined;
  enum(desc: DescEnum): EnumSettings | undefined;
  value(desc: DescEnumValue): EnumValueSettings | undefined;
  /** All sets of rules of a value: its own, and those of its format. */
  rules(settings: FieldSettings): FieldSettings[];
  /** The rules of buf.validate. */
  readonly standard: StandardRules;
}

/** @param read the files whose rules of buf.validate are read too. */
export function createSettings(files: Iterable<DescFile>, read: readonly DescFile[] = []): Settings {
  const all = [...files];
  const extensions = new Map<string, DescExtension>(
    all
      .filter((file) => file.proto.package === 'im.options.v1')
      .flatMap((file) => file.extensions)
      .map((extension) => [extension.name, extension]),
  );
  const reader =
    <T>(name: string) =>
    (desc: AnyDesc): T | undefined => {
      const extension = extensions.get(name);
      // The generated type and the reflected message agree field by field: both come from options.proto.
      if (!extension || !hasOption(desc as DescMessage, extension)) return undefined;
      return getOption(desc as DescMessage, extension) as T;
    };
  const value = reader<EnumValueSettings>('value');
  const message = reader<MessageSettings>('message');
  const oneof = reader<OneofSettings>('oneof');
  const standard = standardRules(all, read);
  const formats = all.flatMap((f) => f.enums).find((e) => e.typeName === 'im.options.v1.Format');
  return {
    file: reader('file'),
    message: (desc) => withGroups(message(desc), standard.groups(desc)),
    field: reader('field'),
    oneof: (desc) => (standard.isRequired(desc) ? { ...NO_ONEOF_RULES, ...oneof(desc), required: true } : oneof(desc)),
    enum: reader('enumeration'),
    value,
    rules(settings) {
      const format = formats?.value[settings.format];
      const named = format && value(format)?.rules;
      return named ? [...this.rules(named), settings] : [settings];
    },
    standard,
  };
}

const NO_ONEOF_RULES: OneofSettings = { required: false, commandData: undefined, laterMembers: undefined };

const NO_MESSAGE_RULES: MessageSettings = {
  frameType: 0,
  handshake: false,
  since: 0,
  atMostOne: [],
  atLeastOne: [],
  exactlyOne: [],
  ascending: [],
  byteTotal: undefined,
};

/** The groups of buf.validate among ours. One field is always at most one. */
function withGroups(own: MessageSettings | undefined, groups: readonly Group[]): MessageSettings | undefined {
  if (groups.length === 0) return own;
  const { atMostOne, exactlyOne, ...others } = own ?? NO_MESSAGE_RULES;
  return {
    ...others,
    atMostOne: [...atMostOne, ...groups.filter(({ required, fields }) => !required && fields.length !== 1)],
    exactlyOne: [...exactlyOne, ...groups.filter(({ required }) => required)],
  };
}
