// docs/listen-and-connect.md lists every option and callback, and no other: the compiler compares the names with the types of the built package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { tableRows } from './markdown.js';
import { compile } from './typescript.js';

const page = readFileSync(join(ROOT, 'docs/listen-and-connect.md'), 'utf8');

type Row = readonly string[];

/** The rows of tables, by their markers, with the name in the first column. */
function rowsOf(markers: readonly string[]): Row[] {
  return markers.flatMap((marker) => {
    const [, begun] = page.split(`<!-- generated:${marker} -->`);
    return tableRows(begun.split('<!-- /generated -->')[0]).map(([name, ...cells]) => [name.replaceAll('`', ''), ...cells]);
  });
}

const CASES: readonly [type: string, entry: string, markers: readonly string[]][] = [
  ['ListenOptions', '@im/protocol/node', ['listen-callbacks', 'listen-options', 'session-options']],
  ['ConnectOptions', '@im/protocol/node', ['connect-options', 'connect-callbacks', 'connect-node-options', 'session-options']],
  ['ConnectOptions', '@im/protocol/web', ['connect-options', 'connect-callbacks', 'connect-web-options', 'session-options']],
  ['Backoff', '@im/protocol/session', ['backoff-options']],
  ['Server', '@im/protocol/node', ['server-members']],
  ['ServerConnection', '@im/protocol/node', ['connection-members']],
  ['Client', '@im/protocol/node', ['client-members']],
];

const EQUAL = `
  type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { missing: Exclude<A, B>; extra: Exclude<B, A> })
    : { missing: Exclude<A, B>; extra: Exclude<B, A> };
  type Named<T> = Extract<keyof T, string>;
  type Needed<T> = { [K in Named<T>]: {} extends Pick<T, K> ? never : K }[Named<T>];
`;

/** Code that compiles only if the rows name all members of a type, and, of options, say of the right ones that they are required. */
function probe(type: string, entry: string, rows: readonly Row[]): string {
  const required = rows.filter(([, , byDefault]) => byDefault === '**required**');
  const ofOptions = `export const needed: Equal<Needed<${type}>, ${union(required)}> = true;`;
  return `import type { ${type} } from '${entry}';${EQUAL}
    export const named: Equal<Named<${type}>, ${union(rows)}> = true;
    ${type.endsWith('Options') ? ofOptions : 'export type Unused = Needed<object>;'}`;
}

describe('the tables of docs/listen-and-connect.md', () => {
  it.each(CASES)('name each member of %s in %s once', (_type, _entry, markers) => {
    const names = rowsOf(markers).map(([name]) => name);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  });

  it('name all members of the types, and say which are required', () => {
    const probes = CASES.map(([type, entry, markers], i): [string, string] => [`case-${i}`, probe(type, entry, rowsOf(markers))]);
    expect(compile(new Map(probes)).errors).toEqual([]);
  });
});

function union(rows: readonly Row[]): string {
  return rows.map(([name]) => `'${name}'`).join(' | ') || 'never';
}
