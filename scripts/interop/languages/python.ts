import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { CACHE } from '../cache.js';
import { generateCode } from '../install/generate-code.js';
import { copyProgram } from './copy-program.js';
import { HANDSHAKES } from './handshakes.js';
import type { Language, Program } from './language.js';

export const python: Language = {
  name: 'Python',
  needs: 'python3 (3.10 or newer) with venv',
  differences: {
    'varint-length-ten-bytes': 'a length of more than five bytes is refused',
  },
  leavesOut: HANDSHAKES,
  async prepare() {
    const folder = copyProgram('python');
    await generateCode('python', folder);
    const interpreter = await installRuntime(folder);
    const env = { PYTHONPATH: join(folder, 'gen/python') };
    const program = (file: string): Program => ({ program: interpreter, args: [file], cwd: folder, env });
    return {
      vectors: program('vectors.py'),
      readFrames: program('read_frames.py'),
      writeFrames: program('write_frames.py'),
      snippets: program('-'),
      readerTests: program('test_frame.py'),
    };
  },
};

/** Creates a virtual environment with the packages of requirements.txt and returns its interpreter. Cached, since pip is slow. */
async function installRuntime(folder: string): Promise<string> {
  const venv = join(CACHE, 'python');
  const interpreter = join(venv, 'bin/python');
  if (!existsSync(interpreter)) {
    rmSync(venv, { recursive: true, force: true });
    await runCommand('python3', ['-m', 'venv', venv], { cwd: CACHE });
  }
  const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'];
  await runCommand(interpreter, install, { cwd: folder });
  return interpreter;
}
