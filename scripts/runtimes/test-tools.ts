// Test runners with jsdom: a DOM in Node, in which some globals of both are missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { install, versionOf } from './install.js';
import { writeProgram } from './program.js';
import { mainOf, type Runtime, reportIn } from './runtime.js';

/** Line breaks of the output of a test runner are its own: the report goes to a file. */
function testOf(imports: string, url: string): string {
  const main = mainOf(url, 'save');
  return `${imports}
const save = (line) => writeFileSync('report.txt', line);
test('self-test', () => ${main.trim().replace(/;$/, '')}, 300_000);
`;
}

const jest: Runtime = {
  name: 'Jest with jsdom',
  // For `require`, Jest 30 adds the condition `node` to those of the environment.
  build: 'Node',
  isInCi: true,
  async run({ folder, url }) {
    const cwd = join(folder, 'jest');
    await install(cwd, { jest: '30', 'jest-environment-jsdom': '30' });
    await writeProgram(cwd, url);
    const imports = `const { writeFileSync } = require('node:fs');
const { selfTest } = require('./self-test.cjs');
const vectors = require('./vectors.cjs');`;
    writeFileSync(join(cwd, 'self.test.cjs'), testOf(imports, url));
    writeFileSync(
      join(cwd, 'jest.config.json'),
      JSON.stringify({ testEnvironment: 'jsdom', testMatch: ['**/*.test.cjs'], transform: {} }),
    );
    await runCommand(process.execPath, ['node_modules/jest/bin/jest.js', '--ci', '--config', 'jest.config.json'], { cwd });
    return { version: versionOf(cwd, 'jest'), report: reportIn(readFileSync(join(cwd, 'report.txt'))) };
  },
};

const vitest: Runtime = {
  name: 'Vitest with jsdom',
  build: 'Node',
  isInCi: true,
  async run({ folder, url }) {
    const cwd = join(folder, 'vitest');
    await install(cwd, { vitest: '4', jsdom: '29' });
    await writeProgram(cwd, url);
    const imports = `import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { selfTest } from './self-test.mjs';
import vectors from './vectors.mjs';
delete globalThis.WebSocket;`;
    writeFileSync(join(cwd, 'self.test.mjs'), testOf(imports, url));
    // Otherwise it would find the one of this repository.
    writeFileSync(
      join(cwd, 'vitest.config.mjs'),
      `export default { test: { environment: 'jsdom', include: ['self.test.mjs'] } };`,
    );
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.config.mjs'];
    await runCommand(process.execPath, args, { cwd });
    // "The event argument must be an instance of Event. Received an instance of Event": jsdom replaces Event, but not EventTarget.
    const note = 'without the WebSocket of jsdom, which does not work in Vitest';
    return { version: versionOf(cwd, 'vitest'), report: reportIn(readFileSync(join(cwd, 'report.txt'))), note };
  },
};

export const TEST_TOOLS: readonly Runtime[] = [jest, vitest];
