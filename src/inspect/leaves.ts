import type { Inspection, Part } from './part.js';

/** The leaves of an inspection, in the order of their bytes: without a gap, from the first byte to the last. */
export function* leaves({ parts }: Pick<Inspection, 'parts'> | Part): Generator<Part> {
  for (const part of parts) {
    if (part.parts.length === 0) yield part;
    else yield* leaves(part);
  }
}
