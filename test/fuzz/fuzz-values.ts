// Seeded fuzzing of encoders: random values, right and wrong, written by each form of the codecs, and what they write, read damaged.
import { inspect } from 'node:util';
import { differenceInBytes, differenceInValue } from './compare-forms.js';
import type { Form } from './form.js';
import { mutateBytes } from './mutate-bytes.js';
import { Random } from './random.js';
import { randomMessage } from './random-message.js';

/** Values or bytes for which two forms differ. */
export interface ValueFailure {
  readonly case: number;
  readonly type: string;
  /** The value, or the bytes in hex. */
  readonly input: string;
  readonly what: string;
}

export interface ValueFigures {
  /** Values that were encoded; the others were refused. */
  encoded: number;
  /** Messages that were compared. */
  readonly types: Set<string>;
  readonly failures: ValueFailure[];
}

export interface ValueFuzzOptions {
  readonly seed: number;
  readonly cases: number;
  /** The first form is what the others are compared with. */
  readonly forms: readonly Form[];
  readonly failed?: (failure: ValueFailure) => void;
}

const MAX_FAILURES = 20;
/** How often the bytes of a value are changed: not at all, once, twice. */
const CHANGES = [0, 1, 2];

/** Fuzzes all messages in turn; the same seed gives the same cases. */
export function fuzzValues({ seed, cases, forms, failed }: ValueFuzzOptions): ValueFigures {
  const random = new Random(seed);
  const codecs = [...forms[0].codecs.values()];
  const figures: ValueFigures = { encoded: 0, types: new Set(), failures: [] };
  for (let i = 0; i < cases && figures.failures.length < MAX_FAILURES; i++) {
    const { typeName, generated, encode } = codecs[i % codecs.length];
    const value = randomMessage(generated.table, random);
    const report = (what: string | undefined, input: () => string): void => {
      if (what === undefined) return;
      const failure = { case: i, type: typeName, input: input(), what };
      figures.failures.push(failure);
      failed?.(failure);
    };
    figures.types.add(typeName);
    report(differenceInValue(typeName, value, forms), () => inspect(value, { depth: null }));
    let bytes: Uint8Array;
    try {
      bytes = encode(value);
    } catch {
      continue;
    }
    figures.encoded += 1;
    for (const changes of CHANGES) {
      let changed = bytes;
      for (let n = 0; n < changes; n++) changed = mutateBytes(changed, random, bytes);
      report(differenceInBytes(typeName, changed, forms), () => Buffer.from(changed).toString('hex'));
    }
  }
  return figures;
}
