// The requests of the peer that wait for a reply of this side.
import { ProtocolError } from '../errors.js';
import { MAX_OPEN_REQUESTS } from '../limits.js';

export class Unanswered {
  /** Their commands, by sequence. */
  readonly #commands = new Map<number, number>();

  get size(): number {
    return this.#commands.size;
  }

  has(sequence: number): boolean {
    return this.#commands.has(sequence);
  }

  /** @returns RATE_LIMITED where 1024 requests wait already: then it is not added. */
  add(sequence: number, cmd: number): ProtocolError | undefined {
    const { size } = this.#commands;
    if (size < MAX_OPEN_REQUESTS) {
      this.#commands.set(sequence, cmd);
      return undefined;
    }
    const text = `${size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
    return new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: size + 1 });
  }

  /** @throws Error if no such request waits. */
  commandOf(sequence: number): number {
    const cmd = this.#commands.get(sequence);
    if (cmd === undefined) throw new Error(`no request ${sequence} waits for a reply`);
    return cmd;
  }

  delete(sequence: number): void {
    this.#commands.delete(sequence);
  }

  clear(): void {
    this.#commands.clear();
  }
}
