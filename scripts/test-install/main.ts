// `npm run test:install`: packs the package, installs it with real versions of npm in typical applications, and uses it there. Needs the registry.
// Uses .cache/install, which may be deleted at any time.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Project, projects } from './projects.js';
import { run } from './run.js';
import { tryTypeScript } from './typescript.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache/install');
const NPM_VERSIONS = ['10', '11'];
/** Files that `npm pack` changes temporarily. */
const SWAPPED = ['package.json', 'README.md', 'CHANGELOG.md', 'vectors/README.md'];

function newFolder(...path: string[]): string {
  const folder = join(CACHE, ...path);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The script of npm with this major version. */
function fetchNpm(major: string): string {
  const folder = newFolder(`npm-${major}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--no-audit', '--no-fund', `npm@${major}`], folder);
  return join(folder, 'node_modules/npm/bin/npm-cli.js');
}

/** Packs the package. Returns the path of the tarball. @throws Error if the repository was changed. */
function pack(): string {
  const read = (): string[] => SWAPPED.map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const before = read();
  const folder = newFolder('packed');
  const { stdout } = run('npm', ['pack', '--silent', '--pack-destination', folder], ROOT);
  if (read().some((text, i) => text !== before[i])) throw new Error('npm pack has not put the files of the repository back');
  const tarball = join(folder, 'package.tgz');
  copyFileSync(join(folder, stdout.trim().split('\n').at(-1)!), tarball);
  return tarball;
}

/** @throws Error for errors, and for a warning about this package. */
function tryProject(npm: string, { name, dependencies, check }: Project, options: readonly string[], tarball: string): void {
  const folder = newFolder('project');
  const node = (args: readonly string[]) => run(process.execPath, args, folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, dependencies }));
  const settings = ['--no-audit', '--no-fund', ...options];
  node([npm, 'install', ...settings]);
  const { stdout, stderr } = node([npm, 'install', ...settings, tarball]);
  const warnings = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => /warn/i.test(line) && /im\/protocol|ERESOLVE|peer/i.test(line));
  if (warnings.length > 0) throw new Error(`${name}: ${warnings.join('\n')}`);
  node([npm, 'ls']);
  for (const [file, text] of Object.entries(check)) {
    writeFileSync(join(folder, file), text);
    node([file]);
  }
}

function report(title: string, error?: Error): void {
  if (error === undefined) console.log(`${title}: passed`);
  else {
    console.error(`${title}: FAILED\n${error.message}`);
    process.exitCode = 1;
  }
}

mkdirSync(CACHE, { recursive: true });
writeFileSync(join(ROOT, '.cache/.gitignore'), '*\n');
const tarball = pack();
tryTypeScript(newFolder('typescript'), tarball, report);
for (const major of NPM_VERSIONS) {
  const npm = fetchNpm(major);
  for (const project of projects) {
    for (const options of [[], ['--strict-peer-deps']]) {
      const title = ['npm', major, ...options, 'in', project.name].join(' ');
      try {
        tryProject(npm, project, options, tarball);
        report(title);
      } catch (error) {
        report(title, error as Error);
      }
    }
  }
}
