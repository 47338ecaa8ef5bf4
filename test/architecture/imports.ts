// Which module imports which, read from the source files.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** The importing file: `src/frame/header.ts`. */
  readonly from: string;
  /** The imported file, or the name of a package as it was written. */
  readonly to: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** By `import()`: loaded when it is called. */
  readonly dynamic?: boolean;
}

/** All imports of the TypeScript files in these folders of the repository. */
export function importsOf(folders: readonly string[]): Import[] {
  const names = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)),
  );
  return names.filter((name) => name.endsWith('.ts')).flatMap(importsOfFile);
}

/** The files from which `start` is made at run time, itself included, and the packages. */
export function reachable(imports: readonly Import[], start: string): Set<string> {
  const found = new Set([start]);
  for (const from of found) {
    for (const one of imports) if (one.from === from && !one.typeOnly) found.add(one.to);
  }
  return found;
}

/** The groups of files that reach each other by static imports, types included: the strongly connected components, sorted. */
export function circlesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, dynamic } of imports) if (!dynamic) next.set(from, [...(next.get(from) ?? []), to]);
  const reachedFrom = (start: string): Set<string> => {
    const found = new Set(next.get(start));
    for (const file of found) for (const to of next.get(file) ?? []) found.add(to);
    return found;
  };
  const reached = new Map([...next.keys()].map((file) => [file, reachedFrom(file)]));
  const isMutual = (a: string, b: string): boolean => reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true;
  const files = [...next.keys()].filter((file) => isMutual(file, file)).sort();
  const groups = files.map((file) => files.filter((other) => isMutual(file, other)));
  return groups.filter(([first], i) => first === files[i]);
}

function importsOfFile(path: string): Import[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, dynamic = false): void => {
    if (specifier && ts.isStringLiteralLike(specifier))
      imports.push({ from: local(path), to: target(path, specifier.text), typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  return (
    !name && namedBindings !== undefined && ts.isNamedImports(namedBindings) && namedBindings.elements.every((e) => e.isTypeOnly)
  );
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  return (
    isTypeOnly ||
    (exportClause !== undefined && ts.isNamedExports(exportClause) && exportClause.elements.every((e) => e.isTypeOnly))
  );
}

function target(from: string, specifier: string): string {
  return specifier.startsWith('.') ? local(resolve(from, '..', specifier).replace(/\.js$/, '.ts')) : specifier;
}

function local(path: string): string {
  return relative(ROOT, path).split(sep).join(posix.sep);
}
