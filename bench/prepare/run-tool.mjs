import { execFileSync } from 'node:child_process';

/** Runs a script of an installed package by this Node. Throws, with what it printed, if it fails. */
export function runScript(path, args, cwd) {
  execFileSync(process.execPath, [path, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Runs npm. */
export function npm(args, cwd) {
  // On Windows npm is a script, which needs a shell; the arguments are our own.
  const options = { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
}
