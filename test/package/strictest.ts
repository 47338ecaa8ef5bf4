// TypeScript at its strictest, over files that an application has.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const STRICTEST = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
  noImplicitOverride: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  declaration: true,
  isolatedDeclarations: true,
} satisfies ts.CompilerOptions;

/** How a program may find its modules. */
export const RESOLUTIONS: [string, ts.CompilerOptions][] = [
  ['nodenext', { module: ts.ModuleKind.NodeNext }],
  ['a bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
];

/** What TypeScript says of all files in a folder of an application. */
export function diagnosticsOf(app: string, folder: string, resolution: ts.CompilerOptions): { files: number; texts: string[] } {
  const files = readdirSync(join(app, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const program = ts.createProgram(
    files.map((name) => join(app, folder, name)),
    {
      ...STRICTEST,
      ...resolution,
      target: ts.ScriptTarget.ES2022,
      types: ['node'],
      typeRoots: [join(app, 'node_modules/@types')],
      noEmit: true,
    },
  );
  const texts = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  return { files: files.length, texts };
}
