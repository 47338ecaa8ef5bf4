import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { ProtocolError } from '../errors.js';

/** The locks of this process. A lock with its id that is not here is of an earlier process with the same id, as in a container. */
const held = new Set<string>();
const WRITING_MS = 1000;

/**
 * Takes a lock: a file with the id of this process. A lock of a process that has ended counts no more.
 * @returns a function that releases it.
 * @throws ProtocolError INTERNAL if a process that runs has it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    const isFirst = !held.has(path);
    held.add(path);
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return async () => {
        held.delete(path);
        await rm(path, { force: true });
      };
    } catch (error) {
      if (isFirst) held.delete(path);
      if ((error as { code?: string }).code !== 'EEXIST')
        throw new ProtocolError('INTERNAL', 'the file cannot be locked', { cause: error });
    }
    const text = await readFile(path, 'latin1').catch(() => undefined);
    const owner = Number(text);
    const isHeld = text === '' ? await isYoung(path) : owner === process.pid ? held.has(path) : isRunning(owner);
    if (attempt >= 3 || isHeld) throw new ProtocolError('INTERNAL', `the file is in use by process ${owner}`);
    await rm(path, { force: true });
  }
}

/** Between its creation and its content, a lock is empty. */
async function isYoung(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && Date.now() - file.mtimeMs < WRITING_MS;
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
