import type { Cluster } from './cluster/cluster.js';
import { STEPS } from './steps.js';

/** Runs all steps in order, even after a failure, and prints their results. Returns whether all passed. */
export async function runSteps(cluster: Cluster, names: readonly string[]): Promise<boolean> {
  const summary: string[] = [];
  let allHeld = true;
  for (const name of names) {
    const { title, run } = STEPS[name];
    console.log(`\n=== ${name}: ${title}`);
    const start = Date.now();
    const { held, figures } = await run(cluster).then(
      (done) => ({ held: true, figures: done }),
      (error: unknown) => ({ held: false, figures: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(figures);
    summary.push(`${name.padEnd(14)} ${held ? 'held' : 'FAILED'} (${seconds} s): ${figures.split('\n')[0]}`);
    allHeld &&= held;
  }
  console.log(`\n${summary.join('\n')}`);
  return allHeld;
}
