import { conversations } from './steps/conversations.js';
import { demo } from './steps/demo.js';
import { javaExchange } from './steps/java-exchange.js';
import { killBroker } from './steps/kill-broker.js';
import type { Step } from './steps/step.js';
import { suite } from './steps/suite.js';

/** What `npm run rocketmq` runs, in this order. */
export const STEPS: Readonly<Record<string, Step>> = {
  suite,
  conversations,
  kill: killBroker,
  java: javaExchange,
  demo,
};
