import { generateCode } from '../install/generate-code.js';
import { runCommand } from '../run-command.js';
import { copyConsumer } from './copy-consumer.js';
import type { Language, Program } from './language.js';

export const java: Language = {
  name: 'Java',
  needs: 'a JDK (17 or newer) and Maven',
  async prepare() {
    const folder = copyConsumer('java-netty');
    await generateCode('java', folder);
    await runCommand('mvn', ['-B', '-q', '-Dstyle.color=never', 'process-classes'], { cwd: folder });
    const program = (name: string): Program => ({
      program: 'java',
      args: ['-cp', 'target/classes:target/lib/*', `im.consumers.netty.${name}`],
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
