import { conversations } from './steps/conversations.js';
import { demo } from './steps/demo.js';
import { javaExchange } from './steps/java-exchange.js';
import { killBroker } from './steps/kill-broker.js';
import type { Step } from './steps/step.js';
import { suite } from './steps/suite.js';

/** The steps of `npm run rocketmq`, in order. */
export const STEPS: Readonly<Record<string, Step>> = {
  // Before the suite: a new group begins with the oldest message, so the platform of the demo would get results of the suite.
  demo,
  suite,
  conversations,
  kill: killBroker,
  java: javaExchange,
};
