// Hermes, the engine of React Native. The registries have its newest compiler, and of the engine itself for a command line the release 0.12, which is
// older than what React Native has now: it knows neither classes nor async functions, nor text codecs.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { buildOf } from './build-of.js';
import { install, versionOf } from './install.js';
import { METRO, METRO_ARGS, metroFiles } from './metro.js';
import { bundleScript, IMPORTS, writeProgram } from './program.js';
import { mainOf, type Runtime, reportIn } from './runtime.js';

/** An interpreter is slow. */
const DEADLINE_MS = 900_000;

/** Path of a program in a package with those for all systems. */
function programIn(folder: string, path: string, name: string): string {
  const platform = { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[process.platform as string];
  return join(folder, 'node_modules', path, platform ?? '', name);
}

const compiler: Runtime = {
  name: 'Hermes, newest compiler',
  build: 'web',
  isInCi: true,
  async run({ folder, url }) {
    const cwd = join(folder, 'hermes-compiler');
    await install(cwd, { 'hermes-compiler': '260318099.0.8' });
    await writeProgram(cwd, url);
    const script = await bundleScript(cwd, mainOf(url, 'print'), 'es2020');
    writeFileSync(join(cwd, 'script.js'), script);
    const hermesc = programIn(cwd, 'hermes-compiler/hermesc', 'hermesc');
    await runCommand(hermesc, ['-w', '-emit-binary', '-out', 'script.hbc', 'script.js'], { cwd });
    if (statSync(join(cwd, 'script.hbc')).size < script.length / 10) throw new Error('no bytecode');
    const note = 'not run: npm has no newer engine than that below';
    return { version: `hermes-compiler ${versionOf(cwd, 'hermes-compiler')}`, bundled: buildOf(script), note };
  },
};

const engine: Runtime = {
  name: 'Hermes',
  build: 'web',
  isInCi: false,
  async run({ folder, url }) {
    const cwd = join(folder, 'hermes');
    await install(cwd, { ...METRO.dependencies, 'hermes-engine-cli': '0.12.0' });
    await writeProgram(cwd, url);
    const out = join(cwd, 'out');
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    // It has no console.
    const files = { 'hermes.mjs': IMPORTS + mainOf(url, 'print'), ...metroFiles(true, 'hermes.mjs') };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
    await runCommand(process.execPath, METRO_ARGS, { cwd, env: { NODE_ENV: 'production' } });
    const output = await runCommand(programIn(cwd, 'hermes-engine-cli', 'hermes'), ['-O', '-w', 'out/main.js'], {
      cwd,
      deadlineMs: DEADLINE_MS,
    });
    return {
      version: versionOf(cwd, 'hermes-engine-cli'),
      bundled: buildOf(readFileSync(join(out, 'main.js'), 'utf8')),
      report: reportIn(output),
      note: `bundled by Metro ${versionOf(cwd, METRO.tool)}`,
    };
  },
};

export const HERMES: readonly Runtime[] = [compiler, engine];
