// Strings in a row, read by one native call: a slice of the whole run, of which each string is a substring. A call takes 60 ns, and a substring
// 15. Generated code does so in messages that usually begin with many strings (TopicMessage).
import { latin1Text } from './platform.js';

/** Engines make a substring of 13 characters or more a reference into its string: such a string keeps its run alive, at most this many bytes. */
const RUN_BYTES = 1024;
/** Bytes of a run from which it is faster. */
const SHORTEST_RUN = 48;

/**
 * The run of strings that begins at `p`: fields whose tags are in the set, and whose lengths take one byte. One character per byte, of which
 * only those of ASCII are the ones of the text. Empty if the run is short. `scanText` takes texts from it.
 */
export function textRun(tags: Uint8Array, b: Uint8Array, p: number, e: number): string {
  let q = p;
  const last = Math.min(e, p + RUN_BYTES) - 1;
  while (q < last && (tags[b[q]] & 1) === 1) {
    const length = b[q + 1];
    if (length > 127 || length > e - q - 2) break;
    q += 2 + length;
  }
  return q - p < SHORTEST_RUN ? '' : latin1Text(b, p, q);
}
