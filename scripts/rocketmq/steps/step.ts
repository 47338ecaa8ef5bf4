import type { Cluster } from '../cluster/cluster.js';

/** A test on a real RocketMQ. */
export interface Step {
  /** What it tests. */
  readonly title: string;
  /** Resolves with figures; rejects if the test fails. */
  run(cluster: Cluster): Promise<string>;
}
