/** Records the messages that a consumer handled, per conversation, and counts errors. Messages are numbered from 0. */
export class Arrivals {
  readonly #numbers = new Map<string, number[]>();
  #count = 0;

  /** Handled messages, including repeated ones. */
  get count(): number {
    return this.#count;
  }

  add(conversation: string, number: number): void {
    this.#count++;
    const numbers = this.#numbers.get(conversation);
    if (numbers === undefined) this.#numbers.set(conversation, [number]);
    else numbers.push(number);
  }

  /** Distinct messages. */
  get distinct(): number {
    return this.#all((numbers) => new Set(numbers).size);
  }

  /** Messages handled more than once. */
  get repeated(): number {
    return this.#count - this.distinct;
  }

  /**
   * Messages handled before their predecessor. Repeated messages are not counted.
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
