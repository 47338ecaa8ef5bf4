// `npm run demo`
import { readFile } from 'node:fs/promises';
import { openBroker } from './broker/open-broker.js';
import { openRoutes } from './broker/open-routes.js';
import { runDemo } from './run-demo.js';
import type { Conversation } from './story/conversation.js';

// If the reader of stdout ends early (`npm run demo | head`), the exit code is still correct.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const file = new URL('conversation.json', import.meta.url);
const conversation = JSON.parse(await readFile(file, 'utf8')) as Conversation;
process.exitCode = (await runDemo(conversation, openBroker(), await openRoutes())) ? 0 : 1;
