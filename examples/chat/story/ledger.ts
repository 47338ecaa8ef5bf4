// Double-entry bookkeeping: what must happen is entered on one side, what did happen on the other, and both must agree.

/** How often something must happen, and how often it did. */
export interface Balance {
  readonly expected: number;
  readonly seen: number;
}

const NOTHING: Balance = { expected: 0, seen: 0 };

/** Facts are texts; the kind of a fact is what stands in front of its colon. */
export class Ledger {
  readonly #balances = new Map<string, Balance>();
  #wake: () => void = () => {};

  /** Something must happen, once more than was expected before. */
  expect(fact: string): void {
    const { expected, seen } = this.#balances.get(fact) ?? NOTHING;
    this.#balances.set(fact, { expected: expected + 1, seen });
  }

  /** Something happened. */
  saw(fact: string): void {
    const { expected, seen } = this.#balances.get(fact) ?? NOTHING;
    this.#balances.set(fact, { expected, seen: seen + 1 });
    this.#wake();
  }

  /** The balance of each kind of fact. */
  totals(): Map<string, Balance> {
    const totals = new Map<string, Balance>();
    for (const [fact, balance] of this.#balances) {
      const kind = fact.slice(0, fact.indexOf(':'));
      const { expected, seen } = totals.get(kind) ?? NOTHING;
      totals.set(kind, { expected: expected + balance.expected, seen: seen + balance.seen });
    }
    return totals;
  }

  /** Everything that happened too rarely or too often, in words; empty = each fact exactly as often as it should. */
  problems(): string[] {
    const wrong = [...this.#balances].filter(([, { expected, seen }]) => expected !== seen);
    return wrong.map(([fact, { expected, seen }]) => {
      return `${seen < expected ? 'missing' : 'too much'} (expected ${expected}, seen ${seen}): ${fact}`;
    });
  }

  /** Resolves when nothing is missing, or after the time: `problems` then tells what is. */
  async settled(timeoutMs: number): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, timeoutMs);
    while (!isLate && this.#isMissingAny()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
  }

  #isMissingAny(): boolean {
    return [...this.#balances.values()].some(({ expected, seen }) => seen < expected);
  }
}
