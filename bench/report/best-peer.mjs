/** The name under which our own results stand. */
export const OURS = '@im/protocol';

/** The name of what does the same work with nothing of ours (suites/floor-tests.mjs). It is no peer. */
export const FLOOR = 'floor';

/**
 * Our result beside the best of the others.
 * @param results { contender: { median } }, smaller is better.
 * @returns { ours, best, peer, ratio }, or undefined where there is nothing to compare.
 */
export function againstBest(results, ours = OURS) {
  if (results?.[ours] === undefined) return undefined;
  const peers = Object.entries(results).filter(([name]) => name !== FLOOR && !name.startsWith(OURS));
  if (peers.length === 0) return undefined;
  const [peer, { median: best }] = peers.reduce((a, b) => (b[1].median < a[1].median ? b : a));
  return { ours: results[ours].median, best, peer, ratio: best / results[ours].median };
}
