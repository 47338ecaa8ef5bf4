// The types of the package, compiled by the oldest TypeScript that can read them, by the newest one, and by some between.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../../test/package/program.js';
import { run } from './run.js';

/** docs/guide.md names the first one. */
const VERSIONS = ['5.7', '5.9', '6.0', 'latest'];
const nameOf = (version: string): string => `typescript-${version}`;

/** A connection in Node, which needs the types of Node. */
const NODE_PROGRAM = `
import { type Client, connect, listen, type Server } from '@im/protocol/node';

export async function run(): Promise<void> {
  const server: Server = await listen({ login: () => ({ userId: 1n, terminal: 1 }), message: () => undefined });
  const client: Client = await connect('tcp://127.0.0.1:' + server.port, { login: { accessToken: 't' } });
  // @ts-expect-error a receiver is a bigint
  await client.request(3, { receiverId: 2 });
}
`;

/** The file of the program, and how it finds its modules. */
const RESOLUTIONS = {
  node16: ['main.mts', '--module', 'node16', '--moduleResolution', 'node16'],
  nodenext: ['main.mts', '--module', 'nodenext', '--moduleResolution', 'nodenext'],
  'nodenext, CommonJS': ['main.cts', '--module', 'nodenext', '--moduleResolution', 'nodenext'],
  bundler: ['main.ts', '--module', 'esnext', '--moduleResolution', 'bundler'],
  node10: ['main.ts', '--module', 'commonjs', '--moduleResolution', 'node10'],
};
const OPTIONS =
  '--noEmit --strict --esModuleInterop --exactOptionalPropertyTypes --target es2022 --lib es2022,dom --types node'.split(' ');

interface Compiler {
  readonly version: string;
  readonly tsc: string;
}

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

function install(folder: string, tarball: string): Compiler[] {
  const { devDependencies } = readManifest(fileURLToPath(new URL('../../package.json', import.meta.url)));
  const dependencies = {
    ...Object.fromEntries(VERSIONS.map((version) => [nameOf(version), `npm:typescript@${version}`])),
    ...Object.fromEntries(['zod', 'ws', '@types/ws', '@types/node'].map((name) => [name, devDependencies[name]])),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, dependencies }));
  run('npm', ['install', '--no-audit', '--no-fund', tarball], folder);
  return VERSIONS.map((name) => {
    const root = join(folder, 'node_modules', nameOf(name));
    const { version, bin } = readManifest(join(root, 'package.json'));
    return { version, tsc: join(root, bin.tsc) };
  });
}

/**
 * Since version 6, TypeScript refuses a file on the command line if a folder above has a tsconfig.json; 6 warns of
 * node10, and 7 has removed it: then undefined.
 */
function extraOptions(resolution: string, major: number): string[] | undefined {
  if (major < 6) return [];
  if (resolution !== 'node10') return ['--ignoreConfig'];
  return major === 6 ? ['--ignoreConfig', '--ignoreDeprecations', '6.0'] : undefined;
}

/** Compiles in an empty folder. Calls `report` for each version and resolution, with an error where it does not compile. */
export function tryTypeScript(folder: string, tarball: string, report: (title: string, error?: Error) => void): void {
  const compilers = install(folder, tarball);
  for (const name of ['main.ts', 'main.mts', 'main.cts']) writeFileSync(join(folder, name), PROGRAM + NODE_PROGRAM);
  for (const { version, tsc } of compilers) {
    for (const [resolution, [file, ...options]] of Object.entries(RESOLUTIONS)) {
      const extra = extraOptions(resolution, Number.parseInt(version, 10));
      if (extra === undefined) continue;
      const title = `TypeScript ${version}, ${resolution}`;
      try {
        run(process.execPath, [tsc, ...OPTIONS, ...options, ...extra, file], folder);
        report(title);
      } catch (error) {
        report(title, error as Error);
      }
    }
  }
}
