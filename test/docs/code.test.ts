// The code of README.md: it compiles against the package as it was built, runs, and prints what its comments say.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { type CodeBlock, codeBlocks } from './markdown.js';
import { compile } from './typescript.js';

const blocks = codeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'));
const programs = blocks.filter(({ language, mode }) => language === 'ts' && mode === '');
const nameOf = ({ line }: CodeBlock): string => `readme-${line}`;

describe('the code of README.md', () => {
  const { errors, modules } = compile(new Map(programs.map((block) => [nameOf(block), block.code])));

  it('compiles', () => {
    expect(errors).toEqual([]);
  });

  it.each(programs)('line $line, $heading, prints what it says', (block) => {
    const expected = block.code
      .split('\n')
      .filter((line) => line.startsWith('// => '))
      .map((line) => `${line.slice('// => '.length)}\n`);
    // A block without a result would show nothing.
    expect(expected).not.toEqual([]);
    expect(run(modules.get(nameOf(block))!)).toBe(expected.join(''));
  });
});

/** What a module prints that lies in the folder of the repository. */
function run(module: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-'], { cwd: ROOT, input: module, encoding: 'utf8' });
}
