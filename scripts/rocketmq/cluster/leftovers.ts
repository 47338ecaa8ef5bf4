// Folders of runs whose process was killed before it could end its cluster.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeOption } from './java-process.js';

/**
 * Ends what is left of such runs, and deletes their folders.
 * @param runs holds a folder for each run, named after the process that started it.
 */
export async function clearLeftovers(runs: string): Promise<void> {
  for (const owner of existsSync(runs) ? readdirSync(runs) : []) {
    // One with the number of this process was of another one, before: this one has not started anything yet.
    if (Number(owner) !== process.pid && isAlive(Number(owner))) continue;
    const folder = join(runs, owner);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.pid'))) {
      await endIfOurs(Number(readFileSync(join(folder, name), 'utf8')), folder);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By now another process may have the number: only one that was started in this folder is ended. Needs Linux; elsewhere none is. */
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
