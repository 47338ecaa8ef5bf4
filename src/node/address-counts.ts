import { ProtocolError } from '../errors.js';
import { addressGroup } from './addresses.js';

/** Counts what the clients of an address have: an IPv4 address, or a /64 network of IPv6. Memory is proportional to what is counted. */
export class AddressCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Counts one more.
   * @param address `''`, an unknown one, is not counted.
   * @returns a function that gives the place back, once; `full` if the address has as many as it may.
   */
  take(address: string): (() => void) | 'full' {
    if (address === '') return () => {};
    const group = addressGroup(address);
    const count = this.#counts.get(group) ?? 0;
    if (count >= this.#limit) return 'full';
    this.#counts.set(group, count + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#giveBack(group);
      isTaken = false;
    };
  }

  /** The error for a client whose address is full. */
  refusal(address: string): ProtocolError {
    const actual = (this.#counts.get(addressGroup(address)) ?? 0) + 1;
    const text = `${actual - 1} connections of this address are open, limit ${this.#limit}`;
    return new ProtocolError('OVERLOADED', text, { limit: this.#limit, actual });
  }

  #giveBack(group: string): void {
    const left = (this.#counts.get(group) ?? 0) - 1;
    if (left > 0) this.#counts.set(group, left);
    else this.#counts.delete(group);
  }
}
