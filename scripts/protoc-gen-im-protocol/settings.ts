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
}

export function createSettings(files: Iterable<DescFile>): Settings {
  const all = [...files];
  const extensions = new Map<string, DescExtension>(
    all
      .filter((file) => file.proto.package === 'im.options.v1')
      .flatMap((file) => file.extensions)
      .map((extension) => [extension.name, extension]),
  );
  const read =
    <T>(name: string) =>
    (desc: AnyDesc): T | undefined => {
      const extension = extensions.get(name);
      // The generated type and the reflected message agree field by field: both come from options.proto.
      if (!extension || !hasOption(desc as DescMessage, extension)) return undefined;
      return getOption(desc as DescMessage, extension) as T;
    };
  const value = read<EnumValueSettings>('value');
  const formats = all.flatMap((f) => f.enums).find((e) => e.typeName === 'im.options.v1.Format');
  return {
    file: read('file'),
    message: read('message'),
    field: read('field'),
    oneof: read('oneof'),
    enum: read('enumeration'),
    value,
    rules(settings) {
      const format = formats?.value[settings.format];
      const named = format && value(format)?.rules;
      return named ? [...this.rules(named), settings] : [settings];
    },
  };
}
