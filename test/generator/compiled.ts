// What the generator makes of a schema, compiled by TypeScript at its strictest and loaded.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll } from 'vitest';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';
import { ROOT } from '../package/root.js';
import { STRICTEST } from '../package/strictest.js';
import { requestOf } from './request-of.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Where code that is generated for an application finds the package: in this repository. */
const PACKAGE = {
  '@im/protocol': 'src/index.ts',
  '@im/protocol/codegen/v1': 'src/codegen/v1/index.ts',
  '@im/protocol/codegen/v1/zod': 'src/codegen/v1/zod.ts',
  '@im/protocol/codegen/v1/rules': 'src/codegen/v1/rules.ts',
};

/** A folder, and the generated files in it. */
export interface Made {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Generates, with zod schemas, and writes the files. */
export function generated(files: Readonly<Record<string, string>>): Made {
  const { error, file } = generate(requestOf(files, 'zod=true'));
  if (error !== '') throw new Error(error);
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/generated-'));
  folders.push(folder);
  for (const { name, content } of file) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { folder, names: file.map(({ name }) => name) };
}

/** What TypeScript says of files, with every strict option. */
export function diagnosticsOf(files: readonly string[]): string[] {
  const paths = Object.fromEntries(Object.entries(PACKAGE).map(([name, path]) => [name, [join(ROOT, path)]]));
  const program = ts.createProgram(files, {
    ...STRICTEST,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.string.d.ts'],
    types: ['node'],
    skipLibCheck: true,
    paths,
    noEmit: true,
  });
  return files
    .map((name) => program.getSourceFile(name))
    .filter((file) => file !== undefined)
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...program.getDeclarationDiagnostics(file),
    ])
    .map(({ file, start = 0, messageText }) => {
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

/** The exports of the modules, by the names of their files, as JavaScript runs them. */
export async function loaded({ folder, names }: Made): Promise<Record<string, Record<string, unknown>>> {
  const entry = names.map((name, i) => `export * as m${i} from ${JSON.stringify(`./${name}`)};`).join('\n');
  const outfile = join(folder, 'bundle.mjs');
  await build({
    stdin: { contents: entry, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: Object.fromEntries(Object.entries(PACKAGE).map(([name, path]) => [name, join(ROOT, path)])),
    absWorkingDir: ROOT,
    outfile,
    logLevel: 'silent',
  });
  const modules = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Record<string, Record<string, unknown>>;
  return Object.fromEntries(names.map((name, i) => [name, modules[`m${i}`]]));
}
