import { spawnSync } from 'node:child_process';

/** Runs Maven. Its output is only shown if it fails. */
export function runMaven(...args: readonly string[]): void {
  const { error, status, stdout, stderr } = spawnSync('mvn', ['-B', '-q', '-Dstyle.color=never', ...args], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`mvn ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
