import type { Report } from '../../test/runtimes/program/report.js';
import type { Build } from './build-of.js';

/** A runtime, or a tool that makes code for one. */
export interface Runtime {
  readonly name: string;
  /** The build of the package that it must select. */
  readonly build: Build;
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
  /** Serves a page with a script, which posts its report to the address of the page. Without a script, for a page that another server has. */
  addPage(script?: string): Page;
}

export interface Page {
  readonly url: string;
  readonly report: Promise<Report>;
}

export interface Outcome {
  /** The version of the runtime. */
  readonly version: string;
  /** The build of the package that is in the bundle, if the runtime made one. */
  readonly bundled?: Build;
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

/** Likewise for a page: it posts the report. @param to an expression: the address. */
export function sendTo(url: string, to: string): string {
  return `
const send = (report) => fetch(${to}, { method: 'POST', mode: 'no-cors', body: JSON.stringify(report) });
selfTest(vectors, ${JSON.stringify(url)}).then(send, (error) => send({ parts: [{ name: 'page', passed: 0, failures: [String(error)] }] }));
`;
}

/** The report in what a program printed. */
export function reportIn(output: Buffer | string): Report {
  const lines = String(output).split('\n');
  const line = lines.find((text) => text.startsWith(MARK));
  if (line === undefined) throw new Error(`no report: ${String(output).slice(-1500)}`);
  return JSON.parse(line.slice(MARK.length)) as Report;
}
