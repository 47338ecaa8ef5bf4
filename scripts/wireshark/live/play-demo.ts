// Plays the conversation from standard input, like `npm run demo`.
import { text } from 'node:stream/consumers';
import { openBroker } from '../../../examples/chat/broker/open-broker.js';
import { runDemo } from '../../../examples/chat/run-demo.js';
import type { Conversation } from '../../../examples/chat/story/conversation.js';

const conversation = JSON.parse(await text(process.stdin)) as Conversation;
process.exitCode = (await runDemo(conversation, openBroker())) ? 0 : 1;
