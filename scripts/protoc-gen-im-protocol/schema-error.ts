import type { AnyDesc } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';

/** An error of the schema or the options. The plugin prints its text without a stack. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** An error of one element of the schema, with its file, line and name. */
export function schemaError(desc: AnyDesc, text: string): SchemaError {
  return new SchemaError(`${placeOf(desc)}: ${text}`);
}

/** `polls.proto:12: field com.example.Poll.question`, for errors; without the line if the request has none. */
export function placeOf(desc: AnyDesc): string {
  if (desc.kind === 'file') return desc.proto.name;
  const { name, sourceCodeInfo } = fileOf(desc).proto;
  const path = getComments(desc).sourcePath;
  const location = sourceCodeInfo?.location.find((other) => other.path.join() === path.join());
  return `${name}${location === undefined ? '' : `:${location.span[0] + 1}`}: ${desc.toString()}`;
}

function fileOf(desc: Exclude<AnyDesc, { kind: 'file' }>): Extract<AnyDesc, { kind: 'file' }> {
  if (desc.kind === 'field' || desc.kind === 'oneof' || desc.kind === 'enum_value' || desc.kind === 'rpc')
    return desc.parent.file;
  return desc.file;
}
