// Bytes that an operation takes from the heap and from outside it. The process has so large a nursery that seldom anything is collected.
import { GCProfiler, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Turns before the measurement, so that optimized code is measured. */
const WARM_UP = 3000;
const MOST_TURNS = 4096;
const SAMPLES = 5;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** @returns for each test the bytes per message: the median of five measurements. */
export function allocations(tests) {
  return tests.map((test) => {
    test.run(WARM_UP);
    const samples = Array.from({ length: SAMPLES }, () => allocated(test) / test.per);
    return samples.toSorted((a, b) => a - b)[(SAMPLES - 1) / 2];
  });
}

/** As many turns as can be counted before something is collected. */
function allocated(test) {
  for (let turns = MOST_TURNS; ; turns >>>= 1) {
    collect();
    const profiler = new GCProfiler();
    profiler.start();
    const before = process.memoryUsage();
    test.run(turns);
    const after = process.memoryUsage();
    const isWhole = profiler.stop().statistics.length === 0;
    if (isWhole || turns === 1) return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / turns;
  }
}
