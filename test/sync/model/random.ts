import { Random as Words } from '../../fuzz/random.js';

/** Random numbers of a history, equal for equal seeds. */
export class Random extends Words {
  /** 0 to below 1. */
  next(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** 0 to n - 1. */
  override below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
