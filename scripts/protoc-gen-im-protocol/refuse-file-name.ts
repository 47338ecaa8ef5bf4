// Refuses names of files that generated code cannot have.
import type { DescFile } from '@bufbuild/protobuf';
import { schemaError } from './schema-error.js';

/** Names of folders and files with the same meaning in a file system, an import and a URL: `it's polls.proto`, but not `a#b.proto`. */
const PATH = /^[\p{L}\p{N}\p{M} _.'@+~,()=-]+$/u;

/** @throws SchemaError for a file whose TypeScript cannot be imported. */
export function refuseFileName(file: DescFile): void {
  const parts = file.name.split('/');
  if (!parts.every((part) => PATH.test(part) && !/^\.*$/.test(part))) {
    throw schemaError(file, "its name may only contain letters, digits, spaces and _ - . ' @ + ~ , ( ) =");
  }
  // `x.d.ts` and `x.d.y.ts` are declaration files.
  if (/\.d(\.|$)/.test(parts[parts.length - 1])) {
    throw schemaError(file, `its TypeScript, ${file.name}.ts, would be a declaration file: rename it`);
  }
}
