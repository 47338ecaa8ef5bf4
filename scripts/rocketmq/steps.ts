import { conversations } from './steps/conversations.js';
import { demo } from './steps/demo.js';
import { javaExchange } from './steps/java-exchange.js';
import { killBroker } from './steps/kill-broker.js';
import type { Step } from './steps/step.js';
import { suite } from './steps/suite.js';

/** What `npm run rocketmq` runs, in this order. */
export const STEPS: Readonly<Record<string, Step>> = {
  // Before the suite, whose result on a topic of the system its platform would get, too: a new group begins with the oldest message.
  demo,
  suite,
  conversations,
  kill: killBroker,
  java: javaExchange,
};
