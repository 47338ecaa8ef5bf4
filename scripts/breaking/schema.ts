// A compiled schema with our options, by names and numbers.
import { createFileRegistry, type DescEnum, type DescExtension, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createSettings, type Settings } from '../protoc-gen-im-protocol/settings.js';

export interface Schema {
  readonly settings: Settings;
  /** By full name. */
  readonly messages: ReadonlyMap<string, DescMessage>;
  readonly enums: ReadonlyMap<string, DescEnum>;
  /** Our options. */
  readonly options: ReadonlyMap<string, DescExtension>;
  /** The constants of all files. */
  readonly constants: ReadonlyMap<string, readonly bigint[]>;
  readonly features: ReadonlySet<string>;
  /** The newest protocol version in the schema. */
  readonly version: number;
}

/** @param image output of `buf build`: a FileDescriptorSet with all imports. */
export function readSchema(image: Uint8Array): Schema {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const files = [...registry.files];
  const settings = createSettings(files);
  const types = [...registry];
  const byName = <T extends { typeName: string }>(found: readonly T[]): Map<string, T> =>
    new Map(found.map((desc) => [desc.typeName, desc]));
  const ofFiles = files.flatMap((file) => settings.file(file) ?? []);
  const constants = new Map(ofFiles.flatMap((file) => file.constants.map((constant) => [constant.name, constant.values])));
  return {
    settings,
    messages: byName(types.filter((desc) => desc.kind === 'message')),
    enums: byName(types.filter((desc) => desc.kind === 'enum')),
    options: byName(types.filter((desc) => desc.kind === 'extension')),
    constants,
    features: new Set(ofFiles.flatMap((file) => file.features)),
    version: Number(constants.get('PROTOCOL_VERSION')?.[0] ?? 1n),
  };
}
