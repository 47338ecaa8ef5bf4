// The options of buf/validate/validate.proto, as the request declares them.
import {
  type AnyDesc,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  getOption,
  hasOption,
  type Message,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';

/** The file that declares the options of protovalidate. */
export const VALIDATE = 'buf/validate/validate.proto';

/** The number of its options. */
const NUMBER = 1159;

type Ruled = DescMessage | DescField | DescOneof;

/** True for an element with options of protovalidate. */
export function isRuled({ proto }: Ruled): boolean {
  return proto.options?.$unknown?.some(({ no }) => no === NUMBER) ?? false;
}

/** Reads an option of an element; undefined if it is not set. */
export type ReadOption<D extends Ruled> = (desc: D) => ReflectMessage | undefined;

export interface ValidateOptions {
  readonly message: ReadOption<DescMessage>;
  readonly oneof: ReadOption<DescOneof>;
  readonly field: ReadOption<DescField>;
}

/** @returns undefined if no file declares the options. */
export function validateOptions(files: readonly DescFile[]): ValidateOptions | undefined {
  const extensions = files.find(({ proto }) => proto.name === VALIDATE)?.extensions;
  if (extensions === undefined) return undefined;
  const read = (name: string) => {
    const extension = extensions.find((each) => each.name === name);
    return (desc: AnyDesc): ReflectMessage | undefined => optionOf(desc, extension);
  };
  return { message: read('message'), oneof: read('oneof'), field: read('field') };
}

function optionOf(desc: AnyDesc, extension: DescExtension | undefined): ReflectMessage | undefined {
  if (extension?.message === undefined || !hasOption(desc as DescMessage, extension)) return undefined;
  return reflect(extension.message, getOption(desc as DescMessage, extension) as Message);
}
