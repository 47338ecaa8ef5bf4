// Engines without modules, timers and sockets: QuickJS and JavaScriptCore. See hermes.ts for the third.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installProgram } from '../debian/install-package.js';
import { versionOfPackage } from '../debian/version-of-package.js';
import { runCommand } from '../run-command.js';
import { install, versionOf } from './install.js';
import { bundleScript, writeProgram } from './program.js';
import { mainOf, type Place, type Runtime, reportIn } from './runtime.js';

/** Interpreters are slow. */
const DEADLINE_MS = 900_000;

const TOOLS = { 'quickjs-emscripten': '0.32.0' };

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

async function prepared({ folder, url }: Place): Promise<string> {
  const engines = join(folder, 'engines');
  await install(engines, TOOLS);
  await writeProgram(engines, url);
  writeFileSync(join(engines, 'script.js'), await bundleScript(engines, mainOf(url, 'print')));
  return engines;
}

const quickjs: Runtime = {
  name: 'QuickJS',
  build: 'web',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place);
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
    const name = 'libjavascriptcoregtk-4.0-bin';
    const otherwise = 'on other systems this runtime is not tested';
    const jsc = installProgram({ package: name, path: '/usr/bin/jsc', otherwise });
    const cwd = await prepared(place);
    return {
      version: `WebKitGTK ${await versionOfPackage(name)}`,
      report: reportIn(await runCommand(jsc, ['script.js'], { cwd, deadlineMs: DEADLINE_MS })),
    };
  },
};

export const ENGINES: readonly Runtime[] = [quickjs, javaScriptCore];
