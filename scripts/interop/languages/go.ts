import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { generateCode, TOOLS } from '../install/generate-code.js';
import { copyProgram } from './copy-program.js';
import { HANDSHAKES } from './handshakes.js';
import type { Language, Program } from './language.js';

export const go: Language = {
  name: 'Go',
  needs: 'go (1.24 or newer)',
  differences: {
    'unknown-bytes-kept-as-they-came': 'unknown fields are written with shortest tags',
  },
  leavesOut: HANDSHAKES,
  async prepare() {
    const folder = copyProgram('go');
    // The version in go.mod: plugin and runtime are one module.
    await runCommand('go', ['build', '-o', join(TOOLS, 'protoc-gen-go'), 'google.golang.org/protobuf/cmd/protoc-gen-go'], {
      cwd: folder,
    });
    await generateCode('go', folder);
    await runCommand('go', ['build', '-o', 'bin/', './readframes', './writeframes', './vectors'], { cwd: folder });
    const program = (name: string): Program => ({ program: join(folder, 'bin', name), args: [], cwd: folder });
    return {
      vectors: program('vectors'),
      readFrames: program('readframes'),
      writeFrames: program('writeframes'),
      readerTests: { program: 'go', args: ['test', './frame'], cwd: folder },
    };
  },
};
