import { spawnSync } from 'node:child_process';

/** Runs a program. @throws Error with its output if it fails. */
export function run(program: string, args: readonly string[], cwd: string): { stdout: string; stderr: string } {
  // Without the settings of the npm that runs this script.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry$)/i.test(name)));
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 600_000 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}
