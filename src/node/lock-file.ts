import { readFile, rm, writeFile } from 'node:fs/promises';
import { ProtocolError } from '../errors.js';

/** The locks of this process. A lock with its id that is not here is of an earlier process with the same id, as in a container. */
const held = new Set<string>();

/**
 * Takes a lock: a file with the id of this process. A lock of a process that has ended counts no more.
 * @returns a function that releases it.
 * @throws ProtocolError INTERNAL if a process that runs has it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      held.add(path);
      return async () => {
        held.delete(path);
        await rm(path, { force: true });
      };
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST')
        throw new ProtocolError('INTERNAL', 'the file cannot be locked', { cause: error });
    }
    const owner = Number(await readFile(path, 'latin1').catch(() => ''));
    const isHeld = owner === process.pid ? held.has(path) : isRunning(owner);
    if (attempt >= 3 || isHeld) throw new ProtocolError('INTERNAL', `the file is in use by process ${owner}`);
    await rm(path, { force: true });
  }
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as { code?: string }).code === 'EPERM';
  }
}
