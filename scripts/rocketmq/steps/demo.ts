import { topics } from '../../../src/rocketmq/index.js';
import { ROOT } from '../cache.js';
import { ended, startChild } from '../children.js';
import { CHAT_SERVERS, createChat } from '../system-topics.js';
import type { Step } from './step.js';

export const demo: Step = {
  title: 'the chat of examples/chat, with this broker between its servers and its platform',
  async run(cluster) {
    await createChat(cluster);
    const env = { ...process.env, ROCKETMQ_ENDPOINTS: cluster.endpoints };
    const child = startChild('npm', ['run', '--silent', 'demo'], { cwd: ROOT, env, stdio: 'inherit' });
    const code = await ended(child);
    if (code !== 0) throw new Error(`npm run demo ended with ${code}`);
    // Or its messages went by another way.
    const counts = await Promise.all(
      CHAT_SERVERS.flatMap((serverId) => topics.ofServer(serverId)).map((name) => cluster.countMessages(name)),
    );
    const sent = counts.reduce((sum, count) => sum + count);
    if (sent === 0) throw new Error('the demo sent nothing to the servers by this broker');
    return `all is well, with ${sent} messages to the servers by this broker`;
  },
};
