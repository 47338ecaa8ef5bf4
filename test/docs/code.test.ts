// The code of the pages: it compiles against the package as it was built, runs, and prints what its comments say.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { type CodeBlock, codeBlocks } from './markdown.js';
import { compile } from './typescript.js';

describe.each(['README.md', 'docs/rocketmq.md'])('the code of %s', (page) => {
  const blocks = codeBlocks(readFileSync(join(ROOT, page), 'utf8'));
  const modules = blocks.filter(({ language, mode }) => language === 'ts' && mode === '');
  const scripts = blocks.filter(({ language }) => language === 'js');
  const nameOf = ({ line }: CodeBlock): string => `${page.replaceAll(/\W/g, '-')}-${line}`;
  const compiled = compile(new Map(modules.map((block) => [nameOf(block), block.code])));

  it('compiles', () => {
    expect(compiled.errors).toEqual([]);
  });

  it.each(modules)('prints what it says: $heading, line $line', (block) => {
    expect(printed(compiled.modules.get(nameOf(block))!, 'module')).toBe(promised(block));
  });

  // A page may have none.
  for (const block of scripts) {
    it(`prints what it says, as CommonJS: ${block.heading}, line ${block.line}`, () => {
      expect(printed(block.code, 'commonjs')).toBe(promised(block));
    });
  }
});

/** What the comments of a block say that it prints: something, or the block would show nothing. */
function promised({ code }: CodeBlock): string {
  const results = code.split('\n').filter((line) => line.startsWith('// => '));
  expect(results).not.toEqual([]);
  return results.map((line) => `${line.slice('// => '.length)}\n`).join('');
}

/** What code prints that lies in the folder of the repository. */
function printed(code: string, type: 'module' | 'commonjs'): string {
  return execFileSync(process.execPath, [`--input-type=${type}`, '-'], { cwd: ROOT, input: code, encoding: 'utf8' });
}
