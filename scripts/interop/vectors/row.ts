/** What `im-protocol vectors --json` says of an answer (docs/cli.md). */
export interface Row {
  readonly vector: string;
  readonly op: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What differs; why it was skipped; why it was let pass. */
  readonly text?: string;
}
