import type { Platform } from '@im/protocol/web';

/** Clock and timers that go on only when the test says so: some engines have none. */
export class ManualPlatform implements Platform {
  #nowMs = 0;
  #ids = 0;
  readonly #timers = new Map<number, { readonly atMs: number; callback(): void }>();
  readonly timeOriginMs = 1_700_000_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.timeOriginMs + this.#nowMs;
  }

  setTimer(callback: () => void, ms: number): number {
    this.#ids += 1;
    this.#timers.set(this.#ids, { atMs: this.#nowMs + ms, callback });
    return this.#ids;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  soon(callback: () => void): void {
    void Promise.resolve().then(callback);
  }

  turn(callback: () => void): void {
    this.soon(callback);
  }

  createId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  /** Lets time pass until something is so. @throws Error if that takes more than a minute. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    for (let i = 0; i < 600; i++) {
      for (let turns = 0; turns < 30; turns++) await Promise.resolve();
      if (isSo()) return;
      this.#pass(100);
    }
    throw new Error(`still waiting: ${what}`);
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, { atMs, callback }] of [...this.#timers]) {
      if (atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      callback();
    }
  }
}
