// Runs steps on the storage, one at a time: each again and again until no other writer interferes.
import type { Reading, StorageResult, StorageTask } from './draft.js';
import { RecordCache } from './record-cache.js';
import { Step } from './step/step.js';
import type { SyncChange } from './types.js';

/** What the owner of a StepRunner does for it. */
export interface StepWork<I> {
  /** Applies an input to a step. Returns what to do once the step is stored. */
  apply(input: I, step: Step): Reading<() => void>;
  /** The step is stored. */
  stored(step: Step, changes: readonly SyncChange[]): void;
  /** Another writer has changed the storage: what was read before does not count. */
  reloaded(): void;
}

export class StepRunner<I> {
  readonly #userId: bigint;
  readonly #work: StepWork<I>;
  readonly #cache = new RecordCache();
  /** Of the storage, as far as it is known. */
  #revision: number | undefined;
  #running: { readonly input: I; readonly steps: Reading<void>; task: StorageTask } | undefined;

  constructor(userId: bigint, work: StepWork<I>) {
    this.#userId = userId;
    this.#work = work;
  }

  /** The storage operation to run now; undefined: none. */
  get task(): StorageTask | undefined {
    return this.#running?.task;
  }

  /** Starts an input. Throws what applying it throws. */
  start(input: I): void {
    this.#running = { input, steps: this.#steps(input), task: { type: 'revision' } };
    this.#advance(this.#running.steps.next());
  }

  /** The result of the last task. Throws what applying the input throws. */
  done(result: StorageResult): void {
    if (this.#running !== undefined) this.#advance(this.#running.steps.next(result));
  }

  /** Gives the running input up, and returns it. */
  abort(): I | undefined {
    const running = this.#running;
    this.#running = undefined;
    this.#forget();
    return running?.input;
  }

  /** Another writer has changed the storage. */
  invalidate(): void {
    this.#forget();
    this.#work.reloaded();
  }

  #advance(next: IteratorResult<StorageTask, void>): void {
    if (next.done) this.#running = undefined;
    else if (this.#running !== undefined) this.#running.task = next.value;
  }

  #forget(): void {
    this.#cache.clear();
    this.#revision = undefined;
  }

  *#steps(input: I): Reading<void> {
    for (;;) {
      // No `yield` on the right of `??`: the build for CommonJS puts that into an arrow function.
      if (this.#revision === undefined) this.#revision = (yield { type: 'revision' }) as number;
      const revision = this.#revision;
      const step = new Step(this.#userId, this.#cache);
      const after = yield* this.#work.apply(input, step);
      const changes = yield* step.finish();
      const { isEmpty } = step.draft;
      const isStored = isEmpty ? true : ((yield { type: 'write', batch: step.draft.batch(revision) }) as boolean);
      if (isStored) {
        if (!isEmpty) this.#revision = revision + 1;
        this.#commit(step, changes);
        after();
        return;
      }
      this.invalidate();
    }
  }

  #commit(step: Step, changes: readonly SyncChange[]): void {
    const { isReset, records } = step.conversations;
    if (isReset) this.#cache.clear();
    for (const [key, record] of records) if (record !== undefined) this.#cache.set(key, record);
    this.#work.stored(step, changes);
  }
}
