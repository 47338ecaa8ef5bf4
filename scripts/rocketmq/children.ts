// Child processes. They are killed when this process exits, unless it is killed by SIGKILL (cluster/leftovers.ts).
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const living = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export function startChild(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(program, args, options);
  living.add(child);
  // A program that does not exist emits no 'exit' event.
  child.once('error', () => living.delete(child));
  child.once('exit', () => living.delete(child));
  return child;
}

export function isAlive(child: ChildProcess): boolean {
  return living.has(child);
}

/** Sends a signal and resolves when the process has exited. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended(child);
}

/** Resolves with the exit code; undefined if a signal ended the process, or if it did not start. */
export async function ended(child: ChildProcess): Promise<number | undefined> {
  if (isAlive(child)) await new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  return child.exitCode ?? undefined;
}
