import { markdownTable } from '../update-docs/markdown-table.js';
import { updatePages } from '../update-docs/update-pages.js';
import type { Place, Runtime } from './runtime.js';

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly passed: number;
  readonly chats: string;
  readonly failures: readonly string[];
  readonly note: string;
}

/** Runs the self-test in a runtime. */
export async function rowOf(runtime: Runtime, place: Place): Promise<Row> {
  const { name, build } = runtime;
  try {
    const { version, report, bundled, note = '' } = await runtime.run(place);
    const { parts, hasSockets } = report ?? { parts: [], hasSockets: false };
    return {
      name,
      build: report?.build ?? bundled ?? '',
      version,
      passed: parts.reduce((sum, { passed }) => sum + passed, 0),
      chats: report === undefined ? '' : hasSockets ? 'WebSocket, memory' : 'memory',
      failures: [
        ...[bundled, report?.build]
          .filter((taken) => taken !== undefined && taken !== build)
          .map((taken) => `took the ${taken} build of the package, expected ${build}`),
        ...parts.flatMap((part) => part.failures.map((failure) => `${part.name}: ${failure}`)),
      ],
      note,
    };
  } catch (error) {
    return { name, build, version: '', passed: 0, chats: '', failures: [String(error)], note: '' };
  }
}

/** Writes the table into docs/runtimes.md. */
export function writeTable(rows: readonly Row[]): void {
  updatePages({ runtimes: tableOf(rows) });
}

function tableOf(rows: readonly Row[]): string {
  const head = ['runtime', 'version', 'build', 'cases passed', 'chats over', 'result'];
  return markdownTable(
    head,
    rows.map(({ name, version, build, passed, chats, failures, note }) => [
      name,
      version,
      build,
      passed === 0 ? '' : passed.toLocaleString('en-US'),
      chats,
      failures.length === 0 ? resultOf(note, passed) : `fails: ${failures[0].slice(0, 200)}`,
    ]),
  );
}

function resultOf(note: string, passed: number): string {
  return [passed === 0 ? 'compiles' : 'passed', note].filter((text) => text !== '').join(', ');
}
