import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { CACHE } from '../cache.js';
import { generateCode } from '../install/generate-code.js';
import { PROJECT } from '../install/install-package.js';
import { copyProgram } from './copy-program.js';
import { HANDSHAKES } from './handshakes.js';
import type { Language, Program } from './language.js';

/** Must match the version of prost in Cargo.toml. */
const PLUGIN_VERSION = '0.5.0';

export const rust: Language = {
  name: 'Rust',
  needs: 'cargo (1.85 or newer)',
  differences: {},
  unknownFields: 'unknown fields are dropped',
  leavesOut: HANDSHAKES,
  async prepare() {
    const folder = copyProgram('rust');
    // Does nothing if this version is installed.
    const install = [
      'install',
      '--quiet',
      '--debug',
      '--locked',
      '--root',
      join(CACHE, 'tools'),
      `protoc-gen-prost@${PLUGIN_VERSION}`,
    ];
    await runCommand('cargo', install, { cwd: CACHE });
    await generateCode('rust', folder);
    const schema = ['build', 'node_modules/@im/protocol/proto', '--output', join(folder, 'gen/descriptor.binpb')];
    await runCommand('npx', ['--no-install', 'buf', ...schema], { cwd: PROJECT });
    const target = join(CACHE, 'rust');
    const options = ['--quiet', '--release', '--target-dir', target];
    await runCommand('cargo', ['build', ...options], { cwd: folder });
    const program = (name: string): Program => ({ program: join(target, 'release', name), args: [], cwd: folder });
    return {
      vectors: program('vectors'),
      readFrames: program('read_frames'),
      writeFrames: program('write_frames'),
      readerTests: { program: 'cargo', args: ['test', ...options, '--tests'], cwd: folder },
    };
  },
};
