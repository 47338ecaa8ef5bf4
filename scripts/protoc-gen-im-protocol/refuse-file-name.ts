// Names of files that generated code could not have.
import type { DescFile } from '@bufbuild/protobuf';
import { schemaError } from './schema-error.js';

/** Names of folders and files that mean the same in a file system, in an import and in a URL: `it's polls.proto` is fine, `a#b.proto` is not. */
const PATH = /^[\p{L}\p{N}\p{M} _.'@+~,()=-]+$/u;

/** @throws SchemaError for a file whose TypeScript no other file could import. */
export function refuseFileName(file: DescFile): void {
  const parts = file.name.split('/');
  if (!parts.every((part) => PATH.test(part) && !/^\.*$/.test(part))) {
    throw schemaError(
      file,
      "its name is not made of letters, digits, spaces and _ - . ' @ + ~ , ( ) = alone, which TypeScript can import",
    );
  }
  // TypeScript takes `x.d.ts` and `x.d.y.ts` for declarations of something else.
  if (/\.d(\.|$)/.test(parts[parts.length - 1])) {
    throw schemaError(file, `its TypeScript, ${file.name}.ts, would be a file of declarations: rename it`);
  }
}
