/** What a consumer's application was shown, conversation by conversation, and what is wrong with it. Messages are numbered from 0. */
export class Arrivals {
  readonly #numbers = new Map<string, number[]>();
  #count = 0;

  /** How many there were, each time counted. */
  get count(): number {
    return this.#count;
  }

  add(conversation: string, number: number): void {
    this.#count++;
    const numbers = this.#numbers.get(conversation);
    if (numbers === undefined) this.#numbers.set(conversation, [number]);
    else numbers.push(number);
  }

  /** Different messages. */
  get distinct(): number {
    return this.#all((numbers) => new Set(numbers).size);
  }

  /** So often a message was shown that had been shown before. */
  get repeated(): number {
    return this.#count - this.distinct;
  }

  /**
   * So often a message came before its predecessor was ever shown. One that comes once more, after others, is no such case: it is
   * counted as repeated.
   */
  get outOfOrder(): number {
    return this.#all((numbers) => {
      const first = [...new Set(numbers)];
      return first.filter((number, index) => index > 0 && number < first[index - 1]).length;
    });
  }

  #all(count: (numbers: readonly number[]) => number): number {
    return [...this.#numbers.values()].reduce((sum, numbers) => sum + count(numbers), 0);
  }
}
