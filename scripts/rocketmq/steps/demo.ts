import { topics } from '../../../src/rocketmq/index.js';
import { ROOT } from '../cache.js';
import { ended, startChild } from '../children.js';
import { CHAT_SERVERS, createChat } from '../system-topics.js';
import type { Step } from './step.js';

export const demo: Step = {
  title: 'examples/chat with this broker between servers and platform',
  async run(cluster) {
    await createChat(cluster);
    const env = { ...process.env, ROCKETMQ_ENDPOINTS: cluster.endpoints };
    const child = startChild('npm', ['run', '--silent', 'demo'], { cwd: ROOT, env, stdio: 'inherit' });
    const code = await ended(child);
    if (code !== 0) throw new Error(`npm run demo ended with ${code}`);
    // The messages must have used this broker.
    const counts = await Promise.all(
      CHAT_SERVERS.flatMap((serverId) => topics.ofServer(serverId)).map((name) => cluster.countMessages(name)),
    );
    const sent = counts.reduce((sum, count) => sum + count);
    if (sent === 0) throw new Error('the demo sent no messages over this broker');
    return `passed, with ${sent} messages to servers over this broker`;
  },
};
