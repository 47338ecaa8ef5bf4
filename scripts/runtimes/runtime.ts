import type { Report } from '../../test/runtimes/program/report.js';

/** A runtime, or a tool that makes code for one. */
export interface Runtime {
  readonly name: string;
  /** The build of the package that it selects. */
  readonly build: 'Node' | 'web';
  /** Stable enough and quick enough for each run of CI. */
  readonly isInCi: boolean;
  /** Prepares it and runs the self-test there. @throws Error if it cannot be run, or does not load the package. */
  run(place: Place): Promise<Outcome>;
}

/** Where runtimes are run. */
export interface Place {
  /** A folder for its files, which is kept between runs. */
  readonly folder: string;
  /** Address of the server for chats. */
  readonly url: string;
  /** Serves a page with a script, which posts its report to the address of the page. */
  addPage(script: string): Page;
}

export interface Page {
  readonly url: string;
  readonly report: Promise<Report>;
}

export interface Outcome {
  /** The version of the runtime. */
  readonly version: string;
  /** Undefined if it only compiled the self-test. */
  readonly report?: Report;
  /** For the table: what is not tested, and why. */
  readonly note?: string;
}

const MARK = 'REPORT ';

/** The end of the program: it prints the report. @param say the function that prints a line. */
export function mainOf(url: string, say: string): string {
  return `selfTest(vectors, ${JSON.stringify(url)}).then(
  (report) => ${say}(${JSON.stringify(MARK)} + JSON.stringify(report)),
  (error) => ${say}('failed: ' + error + ' ' + (error && error.stack)),
);
`;
}

/** The report in what a program printed. */
export function reportIn(output: Buffer | string): Report {
  const lines = String(output).split('\n');
  const line = lines.find((text) => text.startsWith(MARK));
  if (line === undefined) throw new Error(`no report: ${String(output).slice(-1500)}`);
  return JSON.parse(line.slice(MARK.length)) as Report;
}
