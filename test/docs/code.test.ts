// The code of the pages: it compiles against the built package, runs, and prints what its comments say. A block whose fence says `no-run` is
// compiled alone: it needs files or addresses that are not here. Blocks with another word have a test of their own.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { type CodeBlock, codeBlocks } from './markdown.js';
import { compile } from './typescript.js';

const PAGES = [
  'README.md',
  'docs/authentication.md',
  'docs/client.md',
  'docs/connections.md',
  'docs/conversations.md',
  'docs/deployment.md',
  'docs/guide.md',
  'docs/listen-and-connect.md',
  'docs/logging.md',
  'docs/observability.md',
  'docs/rocketmq.md',
  'docs/runtimes.md',
  'docs/scaling.md',
  'docs/sync.md',
];

const pages = PAGES.map((page) => ({ page, blocks: codeBlocks(readFileSync(join(ROOT, page), 'utf8')) }));
const modules = pages.flatMap(({ page, blocks }) =>
  blocks.filter(({ language, mode }) => language === 'ts' && ['', 'no-run'].includes(mode)).map((block) => ({ page, block })),
);
// One program for all: it is the types of the package that cost time.
const compiled = compile(new Map(modules.map(({ page, block }) => [nameOf(page, block), block.code])));

it('the code of all pages compiles', () => {
  expect(compiled.errors).toEqual([]);
});

describe.each(pages)('the code of $page', ({ page, blocks }) => {
  const runs = blocks.filter(({ mode }) => mode === '');

  it.each(runs.filter(({ language }) => language === 'ts'))('prints what it says: $heading, line $line', (block) => {
    expect(printed(compiled.modules.get(nameOf(page, block))!, 'module')).toBe(promised(block));
  });

  // A page may have none.
  for (const block of runs.filter(({ language }) => language === 'js')) {
    it(`prints what it says, as CommonJS: ${block.heading}, line ${block.line}`, () => {
      expect(printed(block.code, 'commonjs')).toBe(promised(block));
    });
  }
});

it('the first example of README.md runs as JavaScript: types are not needed', () => {
  const block = pages[0].blocks.find(({ heading }) => heading === 'A server and a client')!;
  expect(printed(block.code, 'module')).toBe(promised(block));
});

function nameOf(page: string, { line }: CodeBlock): string {
  return `${page.replaceAll(/\W/g, '-')}-${line}`;
}

/** What the comments of a block say that it prints: something, or the block would show nothing. */
function promised({ code }: CodeBlock): string {
  const results = code.split('\n').filter((line) => line.startsWith('// => '));
  expect(results).not.toEqual([]);
  return results.map((line) => `${line.slice('// => '.length)}\n`).join('');
}

/** What code prints when it runs in the folder of the repository. */
function printed(code: string, type: 'module' | 'commonjs'): string {
  return execFileSync(process.execPath, [`--input-type=${type}`, '-'], { cwd: ROOT, input: code, encoding: 'utf8' });
}
