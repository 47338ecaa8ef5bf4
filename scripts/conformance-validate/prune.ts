// The part of a file set that a message needs. A file whose code cannot be generated because of one message would else refuse the others.
import { clone, create } from '@bufbuild/protobuf';
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
} from '@bufbuild/protobuf/wkt';
import { VALIDATE } from '../protoc-gen-im-protocol/buf-validate/validate-options.js';

/** Request for the messages of these names, with all that they contain. */
export function requestFor(set: FileDescriptorSet, names: readonly string[], parameter: string): CodeGeneratorRequest {
  const index = indexOf(set);
  const wanted = new Set<string>();
  const queue = names.map((name) => `.${name}`);
  for (const name of queue) {
    const top = index.get(name);
    if (top === undefined || wanted.has(top.name)) continue;
    wanted.add(top.name);
    queue.push(...top.uses);
  }
  const files = set.file.map((file) => (isWhole(file) ? file : pruned(file, wanted)));
  const isAsked = ({ messageType, enumType }: FileDescriptorProto): boolean => messageType.length + enumType.length > 0;
  const imported = importsOf(
    files,
    files.filter((file) => !isWhole(file) && isAsked(file)).map(({ name }) => name),
  );
  // A well-known type may be the message itself.
  const protoFile = files.filter((file) => imported.has(file.name) || isWhole(file));
  return create(CodeGeneratorRequestSchema, {
    parameter,
    protoFile,
    fileToGenerate: protoFile.filter(isAsked).map(({ name }) => name),
  });
}

/** The files, and all that they import. */
function importsOf(files: readonly FileDescriptorProto[], names: readonly string[]): ReadonlySet<string> {
  const all = new Set(names);
  for (const name of all) for (const next of files.find((file) => file.name === name)?.dependency ?? []) all.add(next);
  return all;
}

function isWhole({ name }: FileDescriptorProto): boolean {
  return name === VALIDATE || name.startsWith('google/protobuf/');
}

/** A type of a file, with the types that it uses. */
interface TopLevel {
  readonly name: string;
  readonly uses: readonly string[];
}

/** The top-level types by their names, and by the names of the types in them. */
function indexOf(set: FileDescriptorSet): Map<string, TopLevel> {
  const index = new Map<string, TopLevel>();
  for (const file of set.file) {
    const prefix = file.package === '' ? '' : `.${file.package}`;
    for (const message of file.messageType) {
      const top = { name: `${prefix}.${message.name}`, uses: usesOf(message) };
      for (const name of namesIn(message, prefix)) index.set(name, top);
    }
    for (const { name } of file.enumType) index.set(`${prefix}.${name}`, { name: `${prefix}.${name}`, uses: [] });
  }
  return index;
}

function namesIn(message: DescriptorProto, prefix: string): string[] {
  const name = `${prefix}.${message.name}`;
  return [
    name,
    ...message.enumType.map((inner) => `${name}.${inner.name}`),
    ...message.nestedType.flatMap((inner) => namesIn(inner, name)),
  ];
}

function usesOf(message: DescriptorProto): string[] {
  return [...message.field.map(({ typeName }) => typeName).filter((name) => name !== ''), ...message.nestedType.flatMap(usesOf)];
}

function pruned(file: FileDescriptorProto, wanted: ReadonlySet<string>): FileDescriptorProto {
  const copy = clone(FileDescriptorProtoSchema, file);
  const prefix = copy.package === '' ? '' : `.${copy.package}`;
  const isWanted = ({ name }: { name: string }): boolean => wanted.has(`${prefix}.${name}`);
  copy.messageType = copy.messageType.filter(isWanted);
  copy.enumType = copy.enumType.filter(isWanted);
  copy.extension = [];
  copy.service = [];
  // Its paths are those of the whole file.
  delete copy.sourceCodeInfo;
  return copy;
}
