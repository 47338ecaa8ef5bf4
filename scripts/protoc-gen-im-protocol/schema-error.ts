import type { AnyDesc } from '@bufbuild/protobuf';

/** Something in the schema or the options that nothing can be generated from. Whoever runs the plugin is told its text, and no stack. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** The error about one element of the schema: it names the file and the element. */
export function schemaError(desc: AnyDesc, text: string): SchemaError {
  return new SchemaError(`${placeOf(desc)}: ${text}`);
}

/** `polls.proto: field com.example.Poll.question`, for errors. */
export function placeOf(desc: AnyDesc): string {
  const file = desc.kind === 'file' ? desc : fileOf(desc);
  return file === desc ? file.proto.name : `${file.proto.name}: ${desc.toString()}`;
}

function fileOf(desc: Exclude<AnyDesc, { kind: 'file' }>): Extract<AnyDesc, { kind: 'file' }> {
  if (desc.kind === 'field' || desc.kind === 'oneof' || desc.kind === 'enum_value' || desc.kind === 'rpc')
    return desc.parent.file;
  return desc.file;
}
