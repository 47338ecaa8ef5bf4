// The report of a script with many checks.

/** A row of the table. */
export interface Result {
  /** The tested subject: a language, a transport. */
  readonly subject: string;
  readonly check: string;
  readonly passed: number;
  /** Failures. */
  readonly failed: readonly string[];
  /** Known failures, of the protobuf library of a language. */
  readonly known?: readonly string[];
  /** Number of skipped checks. */
  readonly skipped?: number;
  /** A remark. */
  readonly note?: string;
}

/** Maximum failures shown per row. */
const MAX_SHOWN = 10;

export function printTable(results: readonly Result[]): void {
  const widths = [8, 38, 7, 7, 7, 7];
  const row = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i]) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  console.log(`\n${row(['', '', ' passed', ' failed', '  known', 'skipped'])}`);
  for (const { subject, check, passed, failed, known = [], skipped = 0, note = '' } of results) {
    console.log(row([subject, check, passed, failed.length, known.length, skipped, note]));
  }
  const known = results.flatMap(({ subject, check, known = [] }) =>
    [...new Set(known)].map((text) => `  ${subject}, ${check}: ${text}`),
  );
  if (known.length > 0) console.log(`\nKnown differences of the protobuf libraries:\n${known.join('\n')}`);
  for (const { subject, check, failed } of results) printFailures(`${subject}, ${check}`, failed);
}

function printFailures(title: string, failed: readonly string[]): void {
  if (failed.length === 0) return;
  console.log(`\nFAILED: ${title}`);
  for (const text of failed.slice(0, MAX_SHOWN)) console.log(`  ${text}`);
  if (failed.length > MAX_SHOWN) console.log(`  and ${failed.length - MAX_SHOWN} more`);
}
