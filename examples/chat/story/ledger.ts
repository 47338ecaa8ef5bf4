// Double-entry bookkeeping: what must happen is entered on one side, what did happen on the other, and both must agree.

/** How often something must happen, and how often it did. */
export interface Count {
  readonly expected: number;
  readonly seen: number;
}

const NONE: Count = { expected: 0, seen: 0 };

/** Facts are texts. The prefix before the colon is the kind of a fact. */
export class Ledger {
  readonly #counts = new Map<string, Count>();
  /** Those who wait for the next fact. */
  readonly #waiting: (() => void)[] = [];

  /** Something must happen, once more than was expected before. */
  expect(fact: string): void {
    const { expected, seen } = this.#counts.get(fact) ?? NONE;
    this.#counts.set(fact, { expected: expected + 1, seen });
  }

  /** Something happened. */
  saw(fact: string): void {
    const { expected, seen } = this.#counts.get(fact) ?? NONE;
    this.#counts.set(fact, { expected, seen: seen + 1 });
    this.#wake();
  }

  /** Resolves when something has happened as often as it is expected. */
  async seen(fact: string): Promise<void> {
    while (this.#isMissing(fact)) await this.#next();
  }

  /** The sums of each kind of fact. */
  get totals(): Map<string, Count> {
    const totals = new Map<string, Count>();
    for (const [fact, count] of this.#counts) {
      const kind = fact.slice(0, fact.indexOf(':'));
      const { expected, seen } = totals.get(kind) ?? NONE;
      totals.set(kind, { expected: expected + count.expected, seen: seen + count.seen });
    }
    return totals;
  }

  /** Everything that happened too rarely or too often, in words; empty = each fact exactly as often as it should. */
  get problems(): string[] {
    const wrong = [...this.#counts].filter(([, { expected, seen }]) => expected !== seen);
    return wrong.map(([fact, { expected, seen }]) => {
      return `${seen < expected ? 'missing' : 'too much'} (expected ${expected}, seen ${seen}): ${fact}`;
    });
  }

  /** Resolves with true as soon as nothing is missing, or with false after the time. `problems` lists what is missing. */
  async settled(timeoutMs: number): Promise<boolean> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, timeoutMs);
    while (!isLate && this.#isMissingAny()) await this.#next();
    clearTimeout(timer);
    return !isLate;
  }

  /** Resolves with the next fact. */
  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #isMissing(fact: string): boolean {
    const { expected, seen } = this.#counts.get(fact) ?? NONE;
    return seen < expected;
  }

  #isMissingAny(): boolean {
    return [...this.#counts.keys()].some((fact) => this.#isMissing(fact));
  }
}
