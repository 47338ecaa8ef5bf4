import {
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { buf } from '../breaking/baseline.js';
import { createSettings, type Settings } from '../protoc-gen-im-protocol/settings.js';

/** The schema with its comments and options. */
export interface DocumentedSchema {
  readonly settings: Settings;
  /** The files of the protocol, by name. */
  readonly files: readonly DescFile[];
  readonly messages: readonly DescMessage[];
  readonly enums: readonly DescEnum[];
  /** The messages of options that declare rules. */
  readonly optionMessages: readonly DescMessage[];
  /** Named sets of rules. */
  readonly formats: DescEnum;
  /** The field whose comment documents the features of a file. */
  readonly featuresMeaning: DescField;
}

/** Compiles proto/. */
export function readDocumentedSchema(): DocumentedSchema {
  const image = buf(['build', 'proto', '-o', '-#format=binpb']);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const all = [...registry.files];
  const files = all.filter((file) => file.proto.package.startsWith('im.protocol.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    settings: createSettings(all),
    files,
    messages: files.flatMap((file) => file.messages),
    enums: files.flatMap((file) => file.enums),
    optionMessages: ['FieldSettings', 'MessageSettings', 'OneofSettings'].map(
      (name) => registry.getMessage(`im.options.v1.${name}`)!,
    ),
    formats: registry.getEnum('im.options.v1.Format')!,
    featuresMeaning: registry.getMessage('im.options.v1.FileSettings')!.field.features,
  };
}
