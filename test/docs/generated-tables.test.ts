import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceBlocks } from '../../scripts/update-docs/replace-blocks.js';
import { updatedPages } from '../../scripts/update-docs/updated-pages.js';
import { ROOT } from '../package/root.js';

describe('the generated tables', () => {
  const pages = updatedPages().map((page) => ({ ...page, name: relative(ROOT, page.path) }));

  it('stand in README.md, in the reference and in the specification', () => {
    const names = pages.filter(({ before }) => before.includes('<!-- generated:')).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['README.md', 'README.zh-CN.md', 'docs/reference.md', 'docs/wire-format.md']));
  });

  it('stand once: limits and errors in the reference alone', () => {
    const markers = pages.flatMap(({ name, before }) =>
      [...before.matchAll(/^<!-- generated:(\S+) -->$/gm)].map(([, marker]) => `${marker} in ${name}`),
    );
    for (const marker of ['errors', 'constants', 'models', 'enums']) {
      expect(markers.filter((text) => text.startsWith(`${marker} in`))).toEqual([`${marker} in docs/reference.md`]);
    }
  });

  it.each(pages)('of $name are up to date: npm run docs would change nothing', ({ before, after }) => {
    expect(before).toBe(after);
  });
});

describe('replaceBlocks', () => {
  const contents = new Map([['errors', '| a |\n|---|']]);
  const replace = (...lines: string[]) => replaceBlocks(lines.join('\n'), contents, 'page.md');

  it('replaces what stands between the markers, and nothing else', () => {
    const page = replace('# Errors', '<!-- generated:errors -->', 'old', 'older', '<!-- /generated -->', 'text');
    expect(page).toBe('# Errors\n<!-- generated:errors -->\n| a |\n|---|\n<!-- /generated -->\ntext');
    expect(replaceBlocks(page, contents, 'page.md')).toBe(page);
  });

  it('replaces a block that is empty, and each of several', () => {
    const block = ['<!-- generated:errors -->', '<!-- /generated -->'];
    expect(replace(...block, ...block).match(/\| a \|/g)).toHaveLength(2);
  });

  it('leaves a block alone whose content is not known now', () => {
    const page = '# Sizes\n<!-- generated:sizes -->\n| 1 kB |\n<!-- /generated -->\ntext';
    expect(replaceBlocks(page, new Map([['sizes', undefined]]), 'page.md')).toBe(page);
  });

  it.each([
    [['', '<!-- generated:codes -->', '<!-- /generated -->'], 'page.md:2: unknown block generated:codes, expected one of errors'],
    [['<!-- generated:errors -->', 'old'], 'page.md:1: generated:errors has no end'],
    [['<!-- /generated -->'], 'page.md:1: <!-- /generated --> without a beginning'],
    [['<!-- generated:errors -->', '<!-- generated:errors -->'], 'page.md:2: generated:errors begins inside of generated:errors'],
  ])('refuses %j', (lines, text) => {
    expect(() => replace(...lines)).toThrow(new Error(text));
  });
});
