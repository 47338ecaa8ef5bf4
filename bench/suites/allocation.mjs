// Bytes that an operation takes from the heap and from outside it. The process has so large a nursery that seldom anything is collected.
import { GCProfiler, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Turns before the measurement, so that optimized code is measured. */
const WARM_UP = 3000;
const MOST_TURNS = 4096;
const SAMPLES = 3;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** @returns for each test the bytes per message: the median of the samples. */
export function allocations(tests) {
  return tests.map((test) => {
    test.run(WARM_UP);
    const samples = [];
    // As many turns as can be counted before something is collected.
    for (let turns = MOST_TURNS; samples.length < SAMPLES; ) {
      const { bytes, isWhole } = allocated(test, turns);
      if (isWhole || turns === 1) samples.push(bytes / turns / test.per);
      else turns >>>= 1;
    }
    return samples.toSorted((a, b) => a - b)[(SAMPLES - 1) / 2];
  });
}

function allocated(test, turns) {
  collect();
  const profiler = new GCProfiler();
  profiler.start();
  const before = process.memoryUsage();
  test.run(turns);
  const after = process.memoryUsage();
  const isWhole = profiler.stop().statistics.length === 0;
  return { bytes: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers, isWhole };
}
