// Runtimes with modules and a command line: Node, Bun, Deno, workerd.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { fetchNode } from '../test-nodes/fetch-node.js';
import { fetchReport, freePort } from './fetch-report.js';
import { binaryIn, install, versionOf } from './install.js';
import { bundleModule, writeProgram } from './program.js';
import { type Place, type Runtime, reportIn } from './runtime.js';

const TOOLS = { bun: '1', deno: '2', workerd: '1' };

async function prepared({ folder, url }: Place): Promise<string> {
  const shells = join(folder, 'shells');
  await install(shells, TOOLS);
  await writeProgram(shells, url);
  return shells;
}

function node(major: string): Runtime {
  return {
    name: `Node ${major}`,
    build: 'Node',
    isInCi: true,
    async run(place) {
      const cwd = await prepared(place);
      const program = process.versions.node.startsWith(`${major}.`) ? process.execPath : fetchNode(major);
      const version = String(await runCommand(program, ['--version'], { cwd }))
        .trim()
        .slice(1);
      return { version, report: reportIn(await runCommand(program, ['main.mjs'], { cwd })) };
    },
  };
}

const bun: Runtime = {
  name: 'Bun',
  build: 'Node',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place);
    const output = await runCommand(binaryIn(cwd, '@oven', 'bin/bun'), ['main.mjs'], { cwd });
    return { version: versionOf(cwd, 'bun'), report: reportIn(output) };
  },
};

const deno: Runtime = {
  name: 'Deno',
  build: 'Node',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place);
    const args = ['run', '--allow-all', '--no-config', '--node-modules-dir=manual', 'main.mjs'];
    const output = await runCommand(binaryIn(cwd, '@deno', 'deno'), args, { cwd, env: { NO_COLOR: '1' } });
    return { version: versionOf(cwd, 'deno'), report: reportIn(output) };
  },
};

const workerd: Runtime = {
  name: 'workerd',
  build: 'web',
  isInCi: true,
  async run(place) {
    const cwd = await prepared(place);
    const main = `export default { fetch: async () => Response.json(await selfTest(vectors, ${JSON.stringify(place.url)})) };`;
    writeFileSync(join(cwd, 'worker.mjs'), await bundleModule(cwd, main));
    const port = await freePort();
    writeFileSync(join(cwd, 'workerd.capnp'), configOf(port));
    const child = spawn(binaryIn(cwd, '@cloudflare', 'bin/workerd'), ['serve', 'workerd.capnp'], { cwd, stdio: 'inherit' });
    try {
      return { version: versionOf(cwd, 'workerd'), report: await fetchReport(`http://127.0.0.1:${port}/`) };
    } finally {
      child.kill('SIGKILL');
    }
  },
};

function configOf(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .program),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const program :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2025-01-01",
);
`;
}

export const SHELLS: readonly Runtime[] = [...['20', '22', '24', '26'].map(node), bun, deno, workerd];
