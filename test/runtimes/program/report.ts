/** A part of the self-test. */
export interface Part {
  readonly name: string;
  /** Number of cases that passed. */
  passed: number;
  /** What went wrong: the first few, since a report is small. */
  readonly failures: string[];
}

/** What the self-test prints. */
export interface Report {
  /** The build of the package that runs. */
  readonly build?: 'Node' | 'web';
  readonly parts: readonly Part[];
  /** Whether there was a WebSocket to chat over. */
  readonly hasSockets: boolean;
}

const MAX_FAILURES = 5;

/** Runs a part, and notes what it throws. */
export async function part(name: string, run: (check: Check) => void | Promise<void>): Promise<Part> {
  const result: Part = { name, passed: 0, failures: [] };
  const check: Check = (isSo, what) => {
    if (isSo) result.passed += 1;
    else if (result.failures.length < MAX_FAILURES) result.failures.push(what);
  };
  try {
    await run(check);
  } catch (error) {
    result.failures.push(`threw ${String(error)} ${String((error as { stack?: unknown }).stack).slice(0, 500)}`);
  }
  if (result.passed === 0 && result.failures.length === 0) result.failures.push('no case ran');
  return result;
}

/** Counts a case. @param what describes it if it failed. */
export type Check = (isSo: boolean, what: string) => void;

/** Whether two values of JSON are the same, with any order of keys. A key whose value is undefined counts as missing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a, b].map((value) => Object.entries(value).filter(([, item]) => item !== undefined));
  const others = new Map(right);
  return left.length === right.length && left.every(([key, item]) => others.has(key) && isSame(item, others.get(key)));
}

/** Whether a value of JSON has everything that is expected of it. */
export function includes(value: unknown, expected: unknown): boolean {
  if (typeof value !== 'object' || typeof expected !== 'object' || value === null || expected === null || Array.isArray(expected))
    return isSame(value, expected);
  return Object.entries(expected).every(([key, item]) => includes((value as Record<string, unknown>)[key], item));
}
