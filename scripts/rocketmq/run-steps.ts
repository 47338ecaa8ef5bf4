/** A test of a real system, for example of a RocketMQ cluster. */
export interface Step<System> {
  /** What it tests. */
  readonly title: string;
  /** Resolves with figures; rejects if the test fails. */
  run(system: System): Promise<string>;
}

/** Runs the named steps in order, even after a failure, and prints their results. Returns whether all passed. */
export async function runSteps<System>(
  steps: Readonly<Record<string, Step<System>>>,
  names: readonly string[],
  system: System,
): Promise<boolean> {
  const summary: string[] = [];
  let allHeld = true;
  for (const name of names) {
    const { title, run } = steps[name];
    console.log(`\n=== ${name}: ${title}`);
    const start = Date.now();
    const { held, figures } = await run(system).then(
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
