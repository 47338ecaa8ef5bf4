import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './cache.js';
import type { Format } from './respond.js';

/** The result of a run. */
export interface Figures {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
}

export interface Run {
  readonly figures: Figures;
  /** What the runner printed, if a test failed. */
  readonly report: string;
  /** What the testee did in each test, in order. */
  readonly outcomes: readonly string[];
}

/**
 * Runs the suite, with required and recommended tests and without a list of expected failures.
 * @param runner the command that starts the runner.
 * @param testee the bundled testee.
 */
export function runSuite(runner: readonly string[], testee: string, name: string, format: Format): Run {
  const log = join(CACHE, `outcomes-${name}-${format}.txt`);
  rmSync(log, { force: true });
  const [program, ...args] = [...runner, '--enforce_recommended', '--output_dir', CACHE, process.execPath, testee, format, log];
  const { error, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  const report = stdout + stderr;
  // A second line is about the text format, which is not supported.
  const line = /(\d+) successes, (\d+) skipped, 0 expected failures, (\d+) unexpected failures/.exec(report);
  if (line === null) throw new Error(`the runner did not finish:\n${report}`);
  const [passed, skipped, failed] = line.slice(1).map(Number);
  const outcomes = readFileSync(log, 'utf8').trimEnd().split('\n');
  return { figures: { passed, skipped, failed }, report: failed > 0 ? report : '', outcomes };
}
