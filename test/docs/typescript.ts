// Compiles code that stands in no file, as if it lay in the folder of the repository: `@im/protocol` is then the package itself, as it was built.
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../package/root.js';

export interface Compiled {
  /** `name:line: text` */
  readonly errors: string[];
  /** JavaScript modules by name. */
  readonly modules: ReadonlyMap<string, string>;
}

/**
 * @param sources by name, without extension.
 * @param overrides of the compiler options in tsconfig.json.
 */
export function compile(sources: ReadonlyMap<string, string>, overrides: ts.CompilerOptions = {}): Compiled {
  const files = new Map([...sources].map(([name, code]) => [join(ROOT, `${name}.ts`), code]));
  const options: ts.CompilerOptions = { ...projectOptions(), noEmit: false, removeComments: false, ...overrides };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  const modules = new Map<string, string>();
  host.writeFile = (path, text) => void modules.set(nameOf(path), text);
  const program = ts.createProgram([...files.keys()], options, host);
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const place = file ? `${nameOf(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}` : 'options';
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  program.emit();
  return { errors, modules };
}

/** The names that a module exports, types too. */
export function exportedNames(specifier: string): string[] {
  const path = join(ROOT, 'exports.ts');
  const options = projectOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const code = `import * as all from '${specifier}';`;
  host.fileExists = (name) => name === path || fileExists(name);
  host.readFile = (name) => (name === path ? code : readFile(name));
  const program = ts.createProgram([path], options, host);
  const checker = program.getTypeChecker();
  const [statement] = program.getSourceFile(path)!.statements;
  const module = checker.getSymbolAtLocation((statement as ts.ImportDeclaration).moduleSpecifier);
  return module ? checker.getExportsOfModule(module).map((symbol) => symbol.name) : [];
}

function projectOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT).options;
}

const nameOf = (path: string): string => path.slice(ROOT.length).replace(/\.[jt]s$/, '');
