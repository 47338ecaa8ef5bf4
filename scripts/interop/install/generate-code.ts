import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { CACHE } from '../cache.js';
import { PROJECT } from './install-package.js';
import { installProtoc } from './install-protoc.js';

/** Folder of downloaded protoc plugins. */
export const TOOLS: string = join(CACHE, 'tools/bin');

/**
 * Runs `buf generate` in the project with a template of the package, unchanged. The output goes to the folder `gen` in `folder`.
 * @param programs a folder of plugins, for the PATH.
 */
export async function generateCode(template: string, folder: string, programs?: string): Promise<void> {
  const file = `node_modules/@im/protocol/templates/buf.gen.${template}.yaml`;
  const path = [programs, await installProtoc(), TOOLS, process.env.PATH].filter(Boolean).join(':');
  const args = ['--no-install', 'buf', 'generate', '--template', file, '--output', folder];
  await runCommand('npx', args, { cwd: PROJECT, env: { PATH: path } });
}
