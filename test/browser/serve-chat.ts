// The server in a process of its own, which may be killed: see server-process.ts.
import { startChat } from './chat-server.js';
import type { ProcessSettings } from './server-process.js';

process.once('message', async ({ port, inbox, isSilent }: ProcessSettings) => {
  const answerAfter = (): Promise<void> | undefined => (isSilent ? new Promise(() => {}) : undefined);
  const { server, arrivals } = await startChat({ port, inbox, answerAfter });
  process.send!({ port: server.port });
  for (let count = 1; ; count += 1) process.send!({ arrival: (await arrivals.until(count))[count - 1] });
});
// Nothing outlives the tests.
process.once('disconnect', () => process.exit());
