// README.zh-CN.md says the same as README.md: its code, the figures of its tables and its links are equal.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { anchors, codeBlocks, codeSpans, linkTargets, tableRows } from './markdown.js';

const english = readFileSync(join(ROOT, 'README.md'), 'utf8');
const chinese = readFileSync(join(ROOT, 'README.zh-CN.md'), 'utf8');

describe('README.zh-CN.md and README.md', () => {
  it('have the same code, comments included', () => {
    const blocks = (page: string) => codeBlocks(page).map(({ language, mode, code }) => ({ language, mode, code }));
    expect(blocks(chinese)).toEqual(blocks(english));
  });

  it('have the same links in the same order, to each other and to the same headings', () => {
    const links = (page: string, other: string) =>
      linkTargets(page).map((target) =>
        target.startsWith('#') ? anchors(page).indexOf(target.slice(1)) : target === other ? 'the other' : target,
      );
    expect(links(chinese, 'README.md')).toEqual(links(english, 'README.zh-CN.md'));
    expect(linkTargets(chinese)).toContain('README.md');
  });

  it('have the same rows in their tables, with the same figures, code and links', () => {
    const facts = (page: string) =>
      tableRows(page).map((row) => row.map((cell) => [...linkTargets(cell), ...codeSpans(cell), ...figuresOf(cell)].sort()));
    expect(facts(chinese)).toEqual(facts(english));
  });

  it('have the same parts, and name the same things in code', () => {
    expect(anchors(chinese)).toHaveLength(anchors(english).length);
    expect(new Set(codeSpans(chinese))).toEqual(new Set(codeSpans(english)));
  });

  it('are short enough for a first look: at most 14 kB', () => {
    expect(Buffer.byteLength(english)).toBeLessThanOrEqual(14_000);
    expect(Buffer.byteLength(chinese)).toBeLessThanOrEqual(14_000);
  });
});

/** Numbers with their units, without what stands in links and code. */
function figuresOf(cell: string): string[] {
  return cell.replaceAll(/`[^`]*`|\]\([^)]*\)/g, '').match(/\d[\d,.]*(?: ?(?:ns|kB|KiB|x))?/g) ?? [];
}
