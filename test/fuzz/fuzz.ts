// Seeded differential fuzzing: valid messages, changed, decoded by us in each form of the codecs, and by both peers.
import fc from 'fast-check';
import { REGISTRY } from '../../generated/registry.js';
import { messages } from '../arbitrary.js';
import { bytesOf, FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from '../vectors/load.js';
import { differenceInBytes } from './compare-forms.js';
import { CODE, type Form } from './form.js';
import { judge, type Verdict } from './judge.js';
import { mutateBytes } from './mutate-bytes.js';
import { graft, mutateTree } from './mutate-tree.js';
import { Random } from './random.js';
import { loadSubjects, type MaxItems, type Subject } from './subject.js';
import { parse, serialize } from './wire-tree.js';

/** A case that went wrong. */
export interface Failure {
  readonly case: number;
  readonly type: string;
  readonly hex: string;
  readonly what: string;
}

/** How many cases went which way. */
export interface Figures {
  readonly outcomes: Map<string, number>;
  readonly known: Map<string, number>;
  readonly failures: Failure[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly cases: number;
  /** New random messages are made after so many cases. Default 20000. */
  readonly casesPerPool?: number;
  /** So many of each type. Default 20. */
  readonly poolSize?: number;
  /** Forms of the codecs to compare with generated code: in turn, one in each case. */
  readonly forms: readonly Form[];
  /** Called for each new pool. */
  readonly progress?: (done: number, figures: Figures) => void;
  /** Called for each failure at once. */
  readonly failed?: (failure: Failure) => void;
}

/** Larger ones make slow cases, and nothing is found by them that smaller ones do not show. */
const MAX_BYTES = 4096;
/** Failures after which it is enough. */
const MAX_FAILURES = 20;

/** Fuzzes; the same seed gives the same cases. */
export function fuzz({ seed, cases, casesPerPool = 20_000, poolSize = 20, forms, progress, failed }: FuzzOptions): Figures {
  const { subjects, maxItems } = loadSubjects();
  const vectors = vectorPayloads(subjects);
  const figures: Figures = { outcomes: new Map(), known: new Map(), failures: [] };
  for (let done = 0; done < cases && figures.failures.length < MAX_FAILURES; done += casesPerPool) {
    const random = new Random(seed + done);
    const pools = subjects.map((subject, i) => [...randomPayloads(subject, seed + done, poolSize), ...vectors[i]]);
    for (let i = done; i < Math.min(cases, done + casesPerPool) && figures.failures.length < MAX_FAILURES; i++) {
      // The type with every kind of field gets a third of the cases.
      const index = random.oneIn(3) ? subjects.length - 1 : random.below(subjects.length);
      const bytes = mutated(subjects[index], pools[index], random);
      const verdict = verdictOn(subjects[index], bytes, maxItems, forms[i % forms.length]);
      if ('failure' in verdict) {
        const hex = Buffer.from(bytes).toString('hex');
        const failure = { case: i, type: subjects[index].codec.typeName, hex, what: verdict.failure };
        figures.failures.push(failure);
        failed?.(failure);
      } else {
        count(figures.outcomes, verdict.outcome);
        for (const known of verdict.known) count(figures.known, known);
      }
    }
    progress?.(Math.min(cases, done + casesPerPool), figures);
  }
  return figures;
}

/** Generated code and another form agree, and what they agree on is right. */
function verdictOn(subject: Subject, bytes: Uint8Array, maxItems: MaxItems, form: Form): Verdict {
  const difference = differenceInBytes(subject.codec.typeName, bytes, [CODE, form]);
  return difference === undefined ? judge(subject, bytes, maxItems) : { failure: difference };
}

/** One to three changes of a message out of the pool, fields first: bytes changed at random hardly ever are a message afterwards. */
function mutated({ codec }: Subject, pool: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = random.pick(pool);
  const tree = random.oneIn(3) ? undefined : parse(codec.generated.table, bytes);
  if (tree) {
    if (random.oneIn(3)) graft(tree, parse(codec.generated.table, random.pick(pool)) ?? [], random);
    if (random.oneIn(6)) return serialize(tree);
    for (let n = random.below(3); n >= 0; n--) mutateTree(tree, random);
    bytes = serialize(tree);
  }
  if (!tree || random.oneIn(8)) for (let n = random.below(3); n >= 0; n--) bytes = mutateBytes(bytes, random, random.pick(pool));
  return bytes;
}

function randomPayloads({ codec }: Subject, seed: number, count: number): Uint8Array[] {
  const random = new Random(seed);
  const all = fc.sample(messages(codec.generated.table), { seed, numRuns: count }).map((message) => {
    const bytes = codec.encode(message);
    if (bytes.length <= MAX_BYTES / 4) return bytes;
    // A part of a large one: what is changed is then more often read before the first fault.
    const tree = parse(codec.generated.table, bytes) ?? [];
    return serialize(tree.filter(() => random.oneIn(5)));
  });
  return [...all.filter((bytes) => bytes.length <= MAX_BYTES), codec.encode({})];
}

/** The payloads of the vectors, good and bad, by subject. */
function vectorPayloads(subjects: readonly Subject[]): Uint8Array[][] {
  const byType = new Map(Object.values(REGISTRY.frames).map(({ type, codec }) => [type, codec.generated.table.name]));
  const payloads = subjects.map((): Uint8Array[] => []);
  for (const { hex } of [...FRAME_FILES, ...VERSION_2_FRAME_FILES].flatMap(vectorsOf)) {
    const frame = bytesOf(hex);
    const index = subjects.findIndex(({ codec }) => codec.typeName === byType.get(frame[5]));
    if (index >= 0 && frame.length >= 8 && frame.length <= MAX_BYTES) payloads[index].push(frame.subarray(8));
  }
  return payloads;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
