/** A line of `im-protocol vectors --json` (docs/cli.md). */
export interface Row {
  readonly vector: string;
  readonly op: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What differs, why it was skipped, or why a deviation was accepted. */
  readonly text?: string;
}
