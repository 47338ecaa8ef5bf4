// What the pages name exists.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { bytesOf, type Vector, vectorsOf } from '../vectors/load.js';
import { anchors, codeBlocks, codeSpans, linkTargets, tableRows } from './markdown.js';
import { exportedNames } from './typescript.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** Folders that are installed or generated. */
const SKIPPED = ['node_modules', 'dist', '.git', '.cache', 'coverage', 'api', 'target'];

/** All files of the repository, by their paths. */
const FILES = filesIn('');
const PAGES = FILES.filter((path) => path.endsWith('.md')).sort();
const FILE_NAMES = new Set(FILES.map((path) => basename(path)));

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return entry.isDirectory() && !SKIPPED.includes(entry.name) ? filesIn(path) : [];
  });
}

const { exports, scripts } = JSON.parse(read('package.json')) as { exports: object; scripts: object };

describe.each(PAGES)('%s', (path) => {
  const page = read(path);

  it('links to files and headings that exist', () => {
    const broken = linkTargets(page).filter((target) => !/^https?:/.test(target) && !isThere(target));
    expect(broken).toEqual([]);
  });

  /** As a link in the page is read: from its folder. */
  function isThere(target: string): boolean {
    const [name, anchor] = target.split('#');
    const file = name === '' ? path : join(dirname(path), name);
    return existsSync(join(ROOT, file)) && (anchor === undefined || anchors(read(file)).includes(anchor));
  }

  it('names files of the repository that exist', () => {
    const names = codeSpans(page).filter((span) =>
      /^(src|scripts|generated|test|proto|vectors|docs|examples|bench|interop|templates|wireshark|proto-baseline)\/[\w./-]*$/.test(
        span,
      ),
    );
    // The README of an example may mean its own folder.
    const isThereFrom = (name: string): boolean => [ROOT, join(ROOT, dirname(path))].some((from) => existsSync(join(from, name)));
    expect(names.filter((name) => !isThereFrom(name))).toEqual([]);
  });

  it('names scripts that package.json has', () => {
    const shell = codeBlocks(page).filter(({ language }) => language === 'sh');
    const commands = [...codeSpans(page), ...shell.flatMap(({ code }) => code.split(/\n|&&/))];
    const names = commands.flatMap((command) => /^\s*npm run ([\w:-]+)/.exec(command)?.[1] ?? []);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s', (path) => {
  it('names source files that exist, also without their folder', () => {
    const names = codeSpans(read(path)).filter((span) => /^[\w-]{2,}[\w.-]*\.(ts|mjs|lua|proto|json)$/.test(span));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !FILE_NAMES.has(name))).toEqual([]);
  });
});

describe('README.md', () => {
  const readme = read('README.md');

  it('shows a frame that is a vector', () => {
    const picture = codeBlocks(readme).find(({ heading }) => heading === 'The frame')!;
    const hex = picture.code.split('\n').map((line) => /^ +((?:[0-9a-f]{2} )+) /.exec(line)![1]);
    expect(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex')).toEqual(bytesOf(vector('send-private-message').hex));
  });
});

describe('docs/guide.md', () => {
  // The table of sizes has a row for each of them too, with two figures.
  const entries = tableRows(read('docs/guide.md')).filter((row) => row.length === 2 && row[0].startsWith('`@im/protocol'));
  const specifiers = entries.map(([name]) => name.replaceAll('`', ''));

  it('lists the entries of the package', () => {
    const listed = Object.keys(exports).filter((name) => name !== './package.json');
    expect(specifiers.toSorted()).toEqual(listed.map((name) => `@im/protocol${name.slice(1)}`).sort());
  });

  it.each(entries.filter(([, text]) => /`[A-Za-z]+`/.test(text)))('%s exports the names in its row', (name, text) => {
    const specifier = name.replaceAll('`', '');
    const names = [...text.matchAll(/`([A-Za-z_]+)`/g)].map(([, found]) => found);
    if (!specifier.endsWith('*')) expect(exportedNames(specifier)).toEqual(expect.arrayContaining(names));
  });
});

function vector(name: string): Vector {
  return vectorsOf('commands').find((candidate) => candidate.name === name)!;
}
