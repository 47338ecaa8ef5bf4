import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../../report.js';

/** Collects passed and failed expectations. */
export class Expectations {
  #passed = 0;
  readonly #failed: string[] = [];

  equal(what: string, actual: unknown, expected: unknown): void {
    if (isDeepStrictEqual(actual, expected)) this.#passed++;
    else this.#failed.push(`${what}: got ${shown(actual)}, expected ${shown(expected)}`);
  }

  result(language: string, check: string): Result {
    return { subject: language, check, passed: this.#passed, failed: this.#failed };
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
}
