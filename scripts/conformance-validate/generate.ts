// Runs our plugin on the messages of the cases, and bundles its code with the program that answers the harness.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { type CodeGeneratorRequest, type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { build } from 'esbuild';
import { ROOT } from '../conformance/cache.js';
import { emitCodecs } from '../protoc-gen-im-protocol/emit-codecs.js';
import { createModel } from '../protoc-gen-im-protocol/model.js';
import { generate } from '../protoc-gen-im-protocol/plugin.js';
import { readSchema } from '../protoc-gen-im-protocol/schema.js';
import { SchemaError } from '../protoc-gen-im-protocol/schema-error.js';
import { CACHE, type Suite } from './harness.js';
import { describeTypes } from './places.js';
import { requestFor } from './prune.js';

export type Form = 'fast' | 'compact';

/** What the plugin says about the messages of the cases. */
export interface Types {
  readonly files: FileDescriptorSet;
  /** Messages with code. */
  readonly generated: readonly string[];
  /** The errors of the plugin for the others, by the names of the messages. */
  readonly refused: ReadonlyMap<string, string>;
}

/** All files of the suites. */
export function filesOf(suites: readonly Suite[]): FileDescriptorSet {
  const files = new Map(suites.flatMap(({ fdset }) => fdset.file.map((file) => [file.name, file])));
  return create(FileDescriptorSetSchema, { file: ordered(files) });
}

/** Each file after those that it imports. */
function ordered(files: ReadonlyMap<string, FileDescriptorSet['file'][number]>): FileDescriptorSet['file'] {
  const all = new Set<FileDescriptorSet['file'][number]>();
  const visit = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || all.has(file)) return;
    for (const imported of file.dependency) visit(imported);
    all.add(file);
  };
  for (const name of [...files.keys()].sort()) visit(name);
  return [...all];
}

export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

/** Asks the plugin for the code of each message. Rules are read before types are made, which takes another plugin. */
export function sortTypes(suites: readonly Suite[]): Types {
  const files = filesOf(suites);
  const names = new Set(suites.flatMap(({ cases }) => cases.map(({ input }) => typeNameOf(input.typeUrl))));
  const generated: string[] = [];
  const refused = new Map<string, string>();
  for (const name of names) {
    const error = errorOf(requestFor(files, [name], ''));
    if (error === undefined) generated.push(name);
    else refused.set(name, error);
  }
  return { files, generated, refused };
}

function errorOf(request: CodeGeneratorRequest): string | undefined {
  try {
    const schema = readSchema(request);
    emitCodecs(createModel(schema), schema.options);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
}

/** Writes and bundles the code of a form with the program. Returns the path of the bundle. */
export async function bundleExecutor({ files, generated, refused }: Types, form: Form): Promise<string> {
  const request = requestFor(files, generated, `form=${form}`);
  const { error, file } = generate(request);
  if (error !== '') throw new Error(error);
  const folder = join(CACHE, form);
  rmSync(folder, { recursive: true, force: true });
  for (const { name, content } of file) write(join(folder, name), content);
  write(join(folder, 'types.json'), JSON.stringify({ places: describeTypes(request), refused: Object.fromEntries(refused) }));
  const outfile = join(CACHE, `executor-${form}.mjs`);
  await build({
    stdin: {
      contents: [
        "import * as models from './models.js';",
        "import types from './types.json';",
        `import { answer } from ${JSON.stringify(join(ROOT, 'scripts/conformance-validate/executor.ts'))};`,
        'await answer(models, types, process.argv[2]);',
      ].join('\n'),
      resolveDir: folder,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    alias: Object.fromEntries(Object.entries(PACKAGE).map(([name, path]) => [name, join(ROOT, path)])),
  });
  return outfile;
}

/** Where generated code finds the package. */
const PACKAGE = {
  '@im/protocol': 'src/index.ts',
  '@im/protocol/codegen/v1': 'src/codegen/v1/index.ts',
  '@im/protocol/codegen/v1/rules': 'src/codegen/v1/rules.ts',
};

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
