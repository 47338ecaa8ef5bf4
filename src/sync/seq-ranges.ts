// Sets of seqs as ranges: ascending, disjoint, not adjacent.

/** Both ends included. */
export type SeqRange = readonly [first: bigint, last: bigint];

/** Maximum number of ranges that a conversation keeps. */
export const MAX_RANGES = 64;

export function hasSeq(ranges: readonly SeqRange[], seq: bigint): boolean {
  return ranges.some(([first, last]) => first <= seq && seq <= last);
}

/** Adds a range. An empty one (`last` below `first`) changes nothing. */
export function addRange(ranges: readonly SeqRange[], first: bigint, last: bigint): readonly SeqRange[] {
  if (last < first) return ranges;
  const before = ranges.filter((range) => range[1] < first - 1n);
  const after = ranges.filter((range) => range[0] > last + 1n);
  const joined = ranges.slice(before.length, ranges.length - after.length);
  const start = joined.length > 0 && joined[0][0] < first ? joined[0][0] : first;
  const end = joined.length > 0 && joined[joined.length - 1][1] > last ? joined[joined.length - 1][1] : last;
  return [...before, [start, end], ...after];
}

/** Removes what is not above `seq`. */
export function above(ranges: readonly SeqRange[], seq: bigint): readonly SeqRange[] {
  return ranges.filter(([, last]) => last > seq).map(([first, last]) => [first > seq ? first : seq + 1n, last]);
}

/** The seqs from `first` to `last` that are in no range. */
export function missing(ranges: readonly SeqRange[], first: bigint, last: bigint): SeqRange[] {
  const gaps: SeqRange[] = [];
  let next = first;
  for (const [from, to] of ranges) {
    if (to < next) continue;
    if (from > last) break;
    if (from > next) gaps.push([next, from - 1n]);
    next = to + 1n;
  }
  if (next <= last) gaps.push([next, last]);
  return gaps;
}

/** The newest ranges: what is left out counts as missing again. */
export function newest(ranges: readonly SeqRange[]): readonly SeqRange[] {
  return ranges.length <= MAX_RANGES ? ranges : ranges.slice(-MAX_RANGES);
}
