import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT } from '../cache.js';
import { generateCode } from '../install/generate-code.js';
import { PROJECT } from '../install/install-package.js';
import { runCommand } from '../run-command.js';
import type { Language, Program } from './language.js';

export const python: Language = {
  name: 'Python',
  needs: 'python3 (3.10 or newer) with venv',
  async prepare() {
    const gen = await generateCode('python');
    const folder = join(PROJECT, 'python');
    cpSync(join(ROOT, 'consumers/python'), folder, { recursive: true });
    const interpreter = await installRuntime(folder);
    const program = (file: string): Program => ({
      program: interpreter,
      args: [file],
      cwd: folder,
      env: { PYTHONPATH: join(gen, 'python') },
    });
    return { vectors: program('vectors.py'), readFrames: program('read_frames.py'), writeFrames: program('write_frames.py') };
  },
};

/** A virtual environment with what requirements.txt names; returns its interpreter. It is kept, since pip is slow. */
async function installRuntime(folder: string): Promise<string> {
  const venv = join(CACHE, 'python');
  const interpreter = join(venv, 'bin/python');
  const requirements = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'];
  if (!existsSync(interpreter)) {
    rmSync(`${venv}-new`, { recursive: true, force: true });
    await runCommand('python3', ['-m', 'venv', `${venv}-new`], { cwd: CACHE });
    renameSync(`${venv}-new`, venv);
  }
  await runCommand(interpreter, requirements, { cwd: folder });
  return interpreter;
}
