// Bundlers: each bundles the self-test, which then runs in a realm with the globals of its platform.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { buildOf } from './build-of.js';
import { install, versionOf } from './install.js';
import { METRO, METRO_ARGS, metroFiles } from './metro.js';
import { writeProgram } from './program.js';
import { realmScript } from './realm-script.js';
import { type Outcome, type Place, type Runtime, reportIn } from './runtime.js';

interface Bundler {
  readonly name: string;
  /** The package that has the version. */
  readonly tool: string;
  /** Folder of the installation, for bundlers that share one. */
  readonly folder: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Files besides the program, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of Node that write `out/`. */
  readonly args: readonly string[];
  /** The globals of the realm. */
  readonly realm: 'browser' | 'React Native';
  readonly isInCi: boolean;
}

function runtimeOf({ name, tool, folder, dependencies, files, args, realm, isInCi }: Bundler): Runtime {
  return {
    name,
    build: 'web',
    isInCi,
    async run(place: Place): Promise<Outcome> {
      const cwd = join(place.folder, folder);
      await install(cwd, dependencies);
      await writeProgram(cwd, place.url);
      const out = join(cwd, 'out');
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
      await runCommand(process.execPath, args, { cwd, env: { NODE_ENV: 'production' } });
      const [script] = readdirSync(out).filter((file) => file.endsWith('.js'));
      if (script === undefined) throw new Error(`${name} has written no script`);
      writeFileSync(join(cwd, 'realm.mjs'), realmScript(realm));
      const output = await runCommand(process.execPath, ['realm.mjs', join('out', script)], { cwd });
      const bundled = buildOf(readFileSync(join(out, script), 'utf8'));
      return { version: versionOf(cwd, tool), bundled, report: reportIn(output) };
    },
  };
}

const WEBPACK = {
  tool: 'webpack',
  folder: 'webpack',
  dependencies: { webpack: '5' },
  realm: 'browser',
  args: ['webpack.cjs'],
} as const;

/** As webpack 4, which knows neither `exports` nor that an ES module names whole files. */
const WEBPACK_4 = 'resolve: { exportsFields: [] }, module: { rules: [{ test: /mjs$/, resolve: { fullySpecified: false } }] },';

function webpackFiles(options: string): Record<string, string> {
  return {
    'webpack.cjs': `
const webpack = require('webpack');
webpack({ mode: 'production', entry: './main.mjs', target: 'web', output: { path: __dirname + '/out' }, performance: false, ${options} },
  (error, stats) => { if (error || stats.hasErrors()) { console.error(error || stats.toString()); process.exit(1); } });
`,
  };
}

const TOOLS: readonly Bundler[] = [
  { ...METRO, name: 'Metro with exports', realm: 'React Native', isInCi: false, args: METRO_ARGS, files: metroFiles(true) },
  { ...METRO, name: 'Metro without exports', realm: 'React Native', isInCi: false, args: METRO_ARGS, files: metroFiles(false) },
  { ...WEBPACK, name: 'webpack', isInCi: true, files: webpackFiles('') },
  { ...WEBPACK, name: 'webpack without exports', isInCi: true, files: webpackFiles(WEBPACK_4) },
  {
    name: 'Vite',
    tool: 'vite',
    folder: 'vite',
    dependencies: { vite: '8' },
    realm: 'browser',
    isInCi: true,
    files: {
      'vite.mjs': `
import { build } from 'vite';
await build({ configFile: false, logLevel: 'error', build: { outDir: 'out', lib: { entry: 'main.mjs', formats: ['iife'], name: 'app', fileName: () => 'main.js' } } });
`,
    },
    args: ['vite.mjs'],
  },
  {
    name: 'Rollup',
    tool: 'rollup',
    folder: 'rollup',
    dependencies: { rollup: '4', '@rollup/plugin-node-resolve': '16', '@rollup/plugin-commonjs': '29' },
    realm: 'browser',
    isInCi: true,
    files: {
      'rollup.mjs': `
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
const bundle = await rollup({ input: 'main.mjs', plugins: [nodeResolve({ browser: true }), commonjs()] });
await bundle.write({ file: 'out/main.js', format: 'iife' });
`,
    },
    args: ['rollup.mjs'],
  },
  {
    name: 'Parcel',
    tool: 'parcel',
    folder: 'parcel',
    dependencies: { parcel: '2' },
    realm: 'browser',
    isInCi: false,
    files: {},
    args: [
      'node_modules/parcel/lib/bin.js',
      'build',
      'main.mjs',
      '--dist-dir',
      'out',
      '--no-source-maps',
      '--no-cache',
      '--cache-dir',
      'cache',
    ],
  },
];

export const BUNDLERS: readonly Runtime[] = TOOLS.map(runtimeOf);
