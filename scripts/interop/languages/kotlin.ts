import { runCommand } from '../../run-command.js';
import { generateCode } from '../install/generate-code.js';
import { copyProgram } from './copy-program.js';
import type { Language } from './language.js';

export const kotlin: Language = {
  name: 'Kotlin',
  needs: 'a JDK (17 or newer) and Maven',
  differences: {},
  leavesOut: {},
  async prepare() {
    const folder = copyProgram('kotlin');
    await generateCode('kotlin', folder);
    // Without the daemon, which would keep running for half an hour.
    const options = ['-B', '-q', '-Dstyle.color=never', '-Dkotlin.compiler.daemon=false'];
    await runCommand('mvn', [...options, 'process-classes'], { cwd: folder });
    return { writeFrames: { program: 'java', args: ['-cp', 'target/classes:target/lib/*', 'WriteFramesKt'], cwd: folder } };
  },
};
