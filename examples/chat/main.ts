// `npm run demo`
import { readFile } from 'node:fs/promises';
import { openBroker } from './broker/open-broker.js';
import { runDemo } from './run-demo.js';
import type { Conversation } from './story/conversation.js';

// Who reads only the beginning (`npm run demo | head`) gets the exit code all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const file = new URL('conversation.json', import.meta.url);
const conversation = JSON.parse(await readFile(file, 'utf8')) as Conversation;
process.exitCode = (await runDemo(conversation, openBroker())) ? 0 : 1;
