import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Twice: the memory of array buffers goes back after the collection that finds them. */
export function collectGarbage(): void {
  collect();
  collect();
}

/** What a call returns, and how many bytes of memory that keeps, roughly. */
export function keptMemory<T>(run: () => T): { result: T; bytes: number } {
  collectGarbage();
  const before = process.memoryUsage();
  const result = run();
  collectGarbage();
  const after = process.memoryUsage();
  return { result, bytes: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers };
}
