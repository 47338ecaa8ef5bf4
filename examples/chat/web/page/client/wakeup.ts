/** Calls back at the next deadline of an object without a timer. */
export class Wakeup {
  readonly #deadlineMs: () => number;
  readonly #wake: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deadlineMs: () => number, wake: () => void) {
    this.#deadlineMs = deadlineMs;
    this.#wake = wake;
  }

  /** The deadline may have changed. */
  set(): void {
    clearTimeout(this.#timer);
    const deadlineMs = this.#deadlineMs();
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.#wake();
        this.set();
      },
      Math.max(10, deadlineMs - performance.now()),
    );
  }
}
