import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../cache.js';
import { runCommand } from '../run-command.js';
import { PROJECT } from './install-package.js';
import { installProtoc } from './install-protoc.js';

/** Where tools lie that are fetched here. */
export const TOOLS: string = join(CACHE, 'tools');

/** Runs `buf generate` with a template of the package, unchanged, in the project; returns the folder `gen`. */
export async function generateCode(template: string): Promise<string> {
  const file = `node_modules/@im/protocol/templates/buf.gen.${template}.yaml`;
  const path = [await installProtoc(), TOOLS, process.env.PATH].join(':');
  await runCommand('npx', ['--no-install', 'buf', 'generate', '--template', file], { cwd: PROJECT, env: { PATH: path } });
  return join(PROJECT, 'gen');
}

/** Forgets what an earlier run generated, so that a template that makes nothing is seen. */
export function removeGenerated(): void {
  rmSync(join(PROJECT, 'gen'), { recursive: true, force: true });
}

/** How many files with this ending are in a folder. */
export function countFiles(folder: string, ending: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(ending)).length;
}
