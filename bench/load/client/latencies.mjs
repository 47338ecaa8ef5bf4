/** Buckets per power of 2: a figure is off by less than one percent. */
const FINE_BITS = 6;
const FINE = 1 << FINE_BITS;

/** A histogram of times, in microseconds: recording one costs a few instructions and no memory. */
export class Latencies {
  #counts = new Uint32Array(FINE * 27);
  #total = 0;

  record(milliseconds) {
    this.#counts[bucketOf(milliseconds * 1000)]++;
    this.#total++;
  }

  /** { p50, p99, p999 } in milliseconds. */
  summary() {
    return { p50: this.#at(0.5), p99: this.#at(0.99), p999: this.#at(0.999) };
  }

  #at(share) {
    let left = Math.max(1, Math.ceil(this.#total * share));
    const bucket = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return middleOf(bucket) / 1000;
  }
}

function bucketOf(microseconds) {
  const value = Math.min(Math.max(0, Math.round(microseconds)), 0x7fffffff);
  const shift = Math.max(0, 32 - Math.clz32(value) - FINE_BITS - 1);
  return shift * FINE + (value >>> shift);
}

function middleOf(bucket) {
  if (bucket < 2 * FINE) return bucket;
  const shift = Math.floor(bucket / FINE) - 1;
  return (bucket - shift * FINE + 0.5) * 2 ** shift;
}
