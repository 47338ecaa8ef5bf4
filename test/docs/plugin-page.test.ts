// docs/plugin.md shows pieces of examples/polls/, which test/package/application.test.ts generates, compiles and runs.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { codeBlocks } from './markdown.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const EXAMPLE = join(ROOT, 'examples/polls');
const sources = readdirSync(EXAMPLE, { recursive: true, encoding: 'utf8' })
  .filter((name) => !/^(node_modules|dist)\//.test(name) && statSync(join(EXAMPLE, name)).isFile())
  .map((name) => readFileSync(join(EXAMPLE, name), 'utf8'));

describe('docs/plugin.md', () => {
  // test/package/application.test.ts runs those with a mode, which do not stand in the example.
  const blocks = codeBlocks(read('docs/plugin.md')).filter(
    ({ language, mode }) => ['ts', 'proto', 'yaml'].includes(language) && mode === '',
  );

  it.each(blocks)('shows what stands in the example: $heading, line $line', ({ code }) => {
    expect(code.trim()).not.toBe('');
    expect(sources.filter((source) => source.includes(code))).not.toEqual([]);
  });

  it('shows something of each kind', () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['ts', 'proto', 'yaml']));
  });
});

it('the template is the one of the example, but for its comments', () => {
  const lines = (path: string): string[] =>
    read(path)
      .split('\n')
      .filter((line) => !/^\s*#/.test(line));
  expect(lines('templates/buf.gen.typescript.yaml')).toEqual(lines('examples/polls/buf.gen.yaml'));
});
