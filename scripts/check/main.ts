// `npm run check`: biome, types and the tests of changed files, side by side. `npm run check -- main` takes what changed since a branch.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../run-command.js';
import { testsOf } from './tests-of.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [base = 'HEAD'] = process.argv.slice(2);

async function lines(...args: string[]): Promise<string[]> {
  return (await runCommand('git', args, { cwd: ROOT })).toString().split('\n').filter(Boolean);
}

/** Runs a program of node_modules and prints its output once it has ended, so that outputs do not mix. */
function run(name: string, ...args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('npx', ['--no-install', name, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.once('close', (code) => {
      console.log(`=== ${name}: ${code === 0 ? 'passed' : 'FAILED'}\n${Buffer.concat(output).toString()}`);
      resolve(code === 0);
    });
  });
}

const changed = [...(await lines('diff', '--name-only', base)), ...(await lines('ls-files', '--others', '--exclude-standard'))];
const tests = testsOf(ROOT, changed);
console.log(tests.length > 0 ? `Tests: ${tests.join(' ')}` : 'No tests belong to the changed files.');
const results = await Promise.all([
  run('biome', 'check', '.'),
  run('tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check.tsbuildinfo'),
  ...(tests.length > 0 ? [run('vitest', 'run', '--project', 'node', '--passWithNoTests', ...tests)] : []),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
