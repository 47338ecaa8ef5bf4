// Engines without modules, timers and sockets: QuickJS, JavaScriptCore, Hermes.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installProgram } from '../debian/install-package.js';
import { runCommand } from '../run-command.js';
import { install, versionOf } from './install.js';
import { bundleScript, writeProgram } from './program.js';
import { mainOf, type Place, type Runtime, reportIn } from './runtime.js';

/** Interpreters are slow. */
const DEADLINE_MS = 900_000;

const TOOLS = { 'quickjs-emscripten': '0.32.0', 'hermes-compiler': '260318099.0.8' };

/** Runs a script in QuickJS, whose jobs are those of promises. */
const RUN_QUICKJS = `
import { readFileSync } from 'node:fs';
import { getQuickJS } from 'quickjs-emscripten';
const runtime = (await getQuickJS()).newRuntime();
const context = runtime.newContext();
const print = context.newFunction('print', (line) => console.log(context.dump(line)));
context.setProp(context.global, 'print', print);
context.unwrapResult(context.evalCode(readFileSync('script.js', 'utf8')));
while (runtime.hasPendingJob()) context.unwrapResult(runtime.executePendingJobs(1000));
`;

async function prepared({ folder, url }: Place, target: string): Promise<string> {
  const engines = join(folder, 'engines');
  await install(engines, TOOLS);
  await writeProgram(engines, url);
  writeFileSync(join(engines, 'script.js'), await bundleScript(engines, mainOf(url, 'print'), target));
  return engines;
}

const quickjs: Runtime = {
  name: 'QuickJS',
  build: 'web',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place, 'es2022');
    writeFileSync(join(cwd, 'quickjs.mjs'), RUN_QUICKJS);
    const version = `quickjs-emscripten ${versionOf(cwd, 'quickjs-emscripten')}`;
    return { version, report: reportIn(await runCommand(process.execPath, ['quickjs.mjs'], { cwd, deadlineMs: DEADLINE_MS })) };
  },
};

const javaScriptCore: Runtime = {
  name: 'JavaScriptCore (the engine of WebKit)',
  build: 'web',
  isInCi: false,
  async run(place) {
    const jsc = installProgram({
      package: 'libjavascriptcoregtk-4.0-bin',
      path: '/usr/bin/jsc',
      otherwise: 'on other systems this runtime is not tested',
    });
    const cwd = await prepared(place, 'es2022');
    const shown = await runCommand('dpkg-query', ['--show', 'libjavascriptcoregtk-4.0-bin'], { cwd });
    // name, tab, version with the revision of Debian
    const version = String(shown).split('\t')[1].split('-')[0];
    return {
      version: `WebKitGTK ${version}`,
      report: reportIn(await runCommand(jsc, ['script.js'], { cwd, deadlineMs: DEADLINE_MS })),
    };
  },
};

const hermes: Runtime = {
  name: 'Hermes',
  build: 'web',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place, 'es2020');
    const platform = { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[process.platform as string];
    const hermesc = join(cwd, 'node_modules/hermes-compiler/hermesc', platform ?? '', 'hermesc');
    await runCommand(hermesc, ['-w', '-emit-binary', '-out', 'script.hbc', 'script.js'], { cwd });
    if (statSync(join(cwd, 'script.hbc')).size < readFileSync(join(cwd, 'script.js')).length / 10) throw new Error('no bytecode');
    const note = 'not run: the registries have the compiler alone';
    return { version: `hermes-compiler ${versionOf(cwd, 'hermes-compiler')}`, note };
  },
};

export const ENGINES: readonly Runtime[] = [quickjs, javaScriptCore, hermes];
