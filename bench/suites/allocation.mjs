// Bytes that an operation takes from the heap and from outside it. The process has a nursery so large that nothing is collected meanwhile.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Flags of Node for the process that measures this. */
export const ALLOCATION_FLAGS = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

/** Turns before the measurement, so that optimized code is measured. */
const WARM_UP = 3000;
const MOST_BYTES = 16 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** @returns for each test the bytes per turn: the median of five measurements. */
export function allocations(tests) {
  return tests.map((test) => {
    test.run(WARM_UP);
    const first = Math.max(16, allocated(test, 64));
    const turns = Math.max(16, Math.min(20_000, Math.floor(MOST_BYTES / first)));
    const samples = Array.from({ length: 5 }, () => allocated(test, turns) / test.per);
    return samples.toSorted((a, b) => a - b)[2];
  });
}

function allocated(test, turns) {
  collect();
  const before = process.memoryUsage();
  test.run(turns);
  const after = process.memoryUsage();
  return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / turns;
}
