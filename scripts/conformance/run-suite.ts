import { spawnSync } from 'node:child_process';
import { CACHE } from './cache.js';
import type { Format } from './respond.js';

/** The result of a run. */
export interface Figures {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Runs the suite, with required and recommended tests and without a list of expected failures.
 * @param runner the command that starts the runner.
 * @param testee the bundled testee.
 * @returns its figures, and its report if a test failed.
 */
export function runSuite(runner: readonly string[], testee: string, format: Format): { figures: Figures; report: string } {
  const [program, ...args] = [...runner, '--enforce_recommended', '--output_dir', CACHE, process.execPath, testee, format];
  const { error, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  const report = stdout + stderr;
  // A second line is about the text format, which is not supported.
  const line = /(\d+) successes, (\d+) skipped, 0 expected failures, (\d+) unexpected failures/.exec(report);
  if (line === null) throw new Error(`the runner did not finish:\n${report}`);
  const [passed, skipped, failed] = line.slice(1).map(Number);
  return { figures: { passed, skipped, failed }, report: failed > 0 ? report : '' };
}
