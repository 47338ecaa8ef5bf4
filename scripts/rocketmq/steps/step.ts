import type { Cluster } from '../cluster/cluster.js';
import type { Step as StepOn } from '../run-steps.js';

/** A test on a real RocketMQ. */
export type Step = StepOn<Cluster>;
