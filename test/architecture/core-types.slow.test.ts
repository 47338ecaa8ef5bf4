import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the core compiles without the types of Node and of the DOM', { timeout: 120_000 }, () => {
  const { config } = ts.readConfigFile(`${ROOT}/tsconfig.core.json`, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  expect(errors).toEqual([]);
  expect(options.types).toEqual([]);
  expect(options.lib?.filter((name) => name.includes('dom'))).toEqual([]);
  const program = ts.createProgram(fileNames, options);
  const diagnostics = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  expect(diagnostics).toEqual([]);
});
