import { runCommand } from '../../run-command.js';
import { generateCode } from '../install/generate-code.js';
import { copyProgram } from './copy-program.js';
import type { Language, Program } from './language.js';

export const java: Language = {
  name: 'Java',
  needs: 'a JDK (17 or newer) and Maven',
  differences: {
    'oneof-member-comes-back-empty': 'a oneof member that was replaced, and comes again, is merged with what it was before',
    'unknown-nested-groups-kept': 'unknown fields of a group are written in the order of their numbers',
    'unknown-bytes-kept-as-they-came': 'unknown fields are written with shortest tags and varints',
  },
  leavesOut: {},
  async prepare() {
    const folder = copyProgram('java-netty');
    await generateCode('java', folder);
    await runCommand('mvn', ['-B', '-q', '-Dstyle.color=never', 'process-classes'], { cwd: folder });
    const program = (name: string): Program => ({
      program: 'java',
      args: ['-cp', 'target/classes:target/lib/*', `im.interop.netty.${name}`],
      cwd: folder,
    });
    return {
      vectors: program('Vectors'),
      readFrames: program('ReadFrames'),
      writeFrames: program('WriteFrames'),
      live: { client: program('ImClient'), server: program('ImServer') },
    };
  },
};
