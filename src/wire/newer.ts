// Finds out whether a message may have anything newer than version 1, while its size is estimated: the estimate marks each place where
// something newer is set. Nearly all messages are not marked, and need no search for the version that they require. A mark says "perhaps":
// the search (src/codec/lossy-downgrade.ts) has the last word, but what is not marked is not newer.

/**
 * Number of marks so far. It is never reset, because a getter of a message may encode another message in the middle of an estimate: compare
 * the numbers before and after.
 */
let marks = 0;

export function newerMarks(): number {
  return marks;
}

/** Marks the message that is being estimated. */
export function markNewer(): void {
  // Stays a small integer.
  marks = (marks + 1) & 0x3fff_ffff;
}

/** Marks the message if the value of an enum is in the range of the newer ones. */
export function markNewerValue(value: unknown, first: number, last: number): void {
  if (typeof value === 'number' && value >= first && value <= last) markNewer();
}
