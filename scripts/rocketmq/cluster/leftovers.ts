// Cleans up after runs that were killed before they could stop their cluster.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeOption } from './java-process.js';

/**
 * Kills the processes of such runs and deletes their folders.
 * @param runs has a folder per run, named after its process id.
 */
export async function clearLeftovers(runs: string): Promise<void> {
  for (const owner of existsSync(runs) ? readdirSync(runs) : []) {
    // A folder with the id of this process belongs to an earlier one: this one has not started anything yet.
    if (Number(owner) !== process.pid && isAlive(Number(owner))) continue;
    const folder = join(runs, owner);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.pid'))) {
      await endIfOurs(Number(readFileSync(join(folder, name), 'utf8')), folder);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The process id may have been reused: only kills processes that were started in this folder. Only works on Linux. */
async function endIfOurs(pid: number, folder: string): Promise<void> {
  const commandLine = `/proc/${pid}/cmdline`;
  if (!existsSync(commandLine) || !readFileSync(commandLine, 'utf8').split('\0').includes(homeOption(folder))) return;
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(20);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
