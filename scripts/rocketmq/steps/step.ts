import type { Cluster } from '../cluster/cluster.js';

/** One thing that has to hold on the real engine. */
export interface Step {
  /** What it shows. */
  readonly title: string;
  /** Resolves with what it did, in figures; rejects with what did not hold. */
  run(cluster: Cluster): Promise<string>;
}
